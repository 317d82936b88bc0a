using OnnxAudit.Compression;

namespace OnnxAudit.Runs.Sensitivity;

/// <summary>How a model does on the data.</summary>
/// <param name="Samples">N.</param>
/// <param name="Correct">Samples classified right.</param>
/// <param name="Loss">Mean cross-entropy, nats.</param>
/// <param name="Margin">Mean margin, feature units; null without a classifier head.</param>
/// <param name="Scores">SHA-256 (hex) of all scores: equal digests, bitwise equal scores.</param>
public sealed record EditFigures(long Samples, long Correct, double Loss, double? Margin, string Scores)
{
    /// <summary>Correct / N.</summary>
    public double Accuracy => (double)Correct / Samples;

    /// <summary>Whether more samples than the tolerance, a fraction of them all, were classified right before and are no more; slack for fractions that are no whole number in binary.</summary>
    public bool Loses(double tolerance, EditFigures before) => before.Correct - Correct > tolerance * Samples + 1e-9;
}

/// <summary>One edit of one layer.</summary>
/// <param name="Recipe">What was tried; its amount and pattern tell the edits of a layer apart.</param>
/// <param name="Removed">Weights it masks.</param>
/// <param name="Changed">Those of them that were not 0 already.</param>
/// <param name="Figures">The model with the edit; null where nothing was eligible.</param>
/// <param name="Obstacle">Why nothing was eligible; null where something was.</param>
public sealed record LayerEdit(MaskRecipe Recipe, long Removed, long Changed, EditFigures? Figures, string? Obstacle)
{
    /// <summary>The amount, or the pattern, in words.</summary>
    public string Name => NameOf(Recipe);

    /// <summary>Median of single-sample passes with the edit, milliseconds; null when not measured.</summary>
    public double? Latency { get; init; }

    /// <summary>The same of the model as it is, measured in turns.</summary>
    public double? LatencyBefore { get; init; }

    internal static string NameOf(MaskRecipe recipe) => recipe.Pattern?.ToString() ?? FormattableString.Invariant($"{recipe.Amount}");
}

/// <summary>What a layer's edits say of it.</summary>
public enum LayerVerdict
{
    /// <summary>Weights went and the accuracy stayed within the tolerance.</summary>
    Robust,

    /// <summary>The accuracy fell by more than the tolerance in at least one edit.</summary>
    Fragile,

    /// <summary>No edit had a weight to remove: the layer was not tested and says nothing.</summary>
    NothingEligible,

    /// <summary>Weights went and not one score changed: the layer has no part in them.</summary>
    NoEffect,
}

/// <summary>One layer.</summary>
/// <param name="Name">Its weight's initializer; the node of a layer that no mask can touch.</param>
/// <param name="Node">Name of its node, possibly empty.</param>
/// <param name="OpType">Its operator.</param>
/// <param name="Weights">Number of weights; 0 where no mask can touch them.</param>
/// <param name="Edits">In the order asked for; fewer when interrupted.</param>
/// <param name="Verdict">What they say.</param>
public sealed record LayerSensitivity(string Name, string Node, string OpType, long Weights, IReadOnlyList<LayerEdit> Edits, LayerVerdict Verdict);

/// <summary>A prune of every layer that stays within the tolerance by itself, ready to run.</summary>
/// <param name="Recipe">The recipe, its exclusions filled in; null when every layer is excluded.</param>
/// <param name="Excluded">Layers whose accuracy falls by more than the tolerance under this edit.</param>
/// <param name="Figures">The model with the recipe, measured; null without a recipe.</param>
public sealed record SuggestedPrune(MaskRecipe? Recipe, IReadOnlyList<string> Excluded, EditFigures? Figures)
{
    /// <summary>The amount, or the pattern, in words.</summary>
    public required string Name { get; init; }
}

/// <summary>What an analysis found.</summary>
/// <param name="Model">The model's file.</param>
/// <param name="Data">Its data, id and digest.</param>
/// <param name="Tolerance">The drop that is allowed.</param>
/// <param name="Base">The model as it is.</param>
/// <param name="Layers">Every layer, forward order.</param>
/// <param name="Prunes">A ready recipe per edit; none when interrupted.</param>
/// <param name="Complete">False when it was interrupted.</param>
/// <param name="Notes">Sentences for people.</param>
public sealed record SensitivityReport(
    string Model, string Data, double Tolerance, EditFigures Base, IReadOnlyList<LayerSensitivity> Layers, IReadOnlyList<SuggestedPrune> Prunes, bool Complete, IReadOnlyList<string> Notes)
{
    /// <summary>Layers that are fragile in any edit.</summary>
    public IReadOnlyList<string> Excluded => [.. Layers.Where(l => l.Verdict == LayerVerdict.Fragile).Select(l => l.Name)];

    /// <summary>Drop in accuracy from <see cref="Base"/>, as a fraction; negative where it rose.</summary>
    public double Drop(EditFigures figures) => Base.Accuracy - figures.Accuracy;
}
