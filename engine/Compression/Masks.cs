using OnnxAudit.Graphs;

namespace OnnxAudit.Compression;

/// <summary>Masks and what is worth saying about them.</summary>
/// <param name="Masks">One mask per prunable tensor, forward order.</param>
/// <param name="Notes">Sentences for people: where the keep-one guard stepped in.</param>
public sealed record MaskResult(MaskSet Masks, IReadOnlyList<string> Notes);

/// <summary>A way to score weights by name.</summary>
/// <param name="Name">What a recipe calls it.</param>
/// <param name="UsesSeed">Whether the recipe's seed matters.</param>
/// <param name="Score">Makes scores from the weights alone; null for a method of gradients.</param>
/// <param name="Gradient">How scores come from gradients; null for another method.</param>
/// <param name="IsFromFile">Scores stand in a file.</param>
internal sealed record MaskMethod(string Name, bool UsesSeed, Func<IReadOnlyList<PrunableTensor>, MaskRecipe, Scores>? Score, GradientMethod? Gradient = null, bool IsFromFile = false);

/// <summary>The methods a recipe may name: the only registration.</summary>
public static class MaskMethods
{
    /// <summary>Name of the method whose scores stand in a file.</summary>
    public const string FromFile = "scores";

    private static readonly MaskMethod[] All =
    [
        new("magnitude", false, (tensors, _) => MagnitudeScores.Of(tensors)),
        new("random", true, (tensors, recipe) => new RandomScores(tensors, recipe.Seed)),
        new("taylor", true, null, GradientMethod.Taylor),
        new("fisher", true, null, GradientMethod.Fisher),
        new("hessian", true, null, GradientMethod.Hessian),
        new("snip", true, null, GradientMethod.Snip),
        new(FromFile, false, null, IsFromFile: true),
    ];

    /// <summary>Names of all methods, in the order they are listed to people.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(m => m.Name)];

    /// <summary>Names of the methods that look at the weights alone.</summary>
    public static IReadOnlyList<string> WithoutData { get; } = [.. All.Where(m => m.Score is not null).Select(m => m.Name)];

    /// <summary>True for a method that takes gradients over labelled data.</summary>
    /// <exception cref="AuditException">Usage: there is no such method.</exception>
    public static bool NeedsData(string name) => Find(name).Gradient is not null;

    /// <summary>The method of that name.</summary>
    /// <exception cref="AuditException">Usage: there is none.</exception>
    internal static MaskMethod Find(string name) => Array.Find(All, m => m.Name == name)
        ?? throw new AuditException(AuditCode.Usage, "mask method", $"'{name}'", $"one of {string.Join(", ", Names)}", "Choose one of these.");
}

/// <summary>From scores to masks: exactly ⌊amount·n + 1e-9⌋ weights of every pool go, smallest scores first, never all of a tensor.</summary>
public static class Masks
{
    /// <summary>Makes a model's masks. Nothing of the model changes; the same model and recipe always give the same masks.</summary>
    /// <param name="model">The model.</param>
    /// <param name="recipe">Score, amount, scope.</param>
    /// <param name="threads">Threads to use; the result does not depend on it.</param>
    /// <param name="gradients">Data and runtime for a method that takes gradients; others ignore it.</param>
    /// <param name="removed">Masks of which the new ones keep every removed weight removed, as far as the amount of each pool reaches; null: none.</param>
    /// <exception cref="AuditException">
    /// Usage: a bad recipe, a method of gradients without data, or an amount that would empty a tensor; Invalid: nothing prunable, a weight is NaN, or the model
    /// cannot be differentiated.
    /// </exception>
    public static MaskResult Create(Model model, MaskRecipe recipe, int threads = 1, GradientSource? gradients = null, MaskSet? removed = null)
    {
        recipe.Validated();
        var method = MaskMethods.Find(recipe.Method);
        if (method.Gradient is not null && gradients is null)
            throw new AuditException(AuditCode.Usage, $"mask method '{recipe.Method}'", "no data to take gradients over", "labelled images",
                "Make the masked model with `onnxaudit prune --data SPEC`, then audit it.");
        var notes = new List<string>();
        var tensors = Competing(model, recipe, notes);
        Scores scores = method.Gradient is { } gradient ? new GivenScores(tensors, GradientScores.Of(model, tensors, gradient, recipe, gradients!))
            : method.IsFromFile ? FromFile(tensors, recipe.ScoresPath!, notes) : method.Score!(tensors, recipe);
        if (removed is not null) scores = scores.After(removed);
        var made = recipe.Pattern is null ? From(scores, recipe.Amount, recipe.Scope, threads) : new MaskResult(SetOf(scores, scores.Select(recipe.Pattern, threads)), []);
        return made with { Notes = [.. notes, .. made.Notes] };
    }

    /// <summary>The tensors that a recipe removes weights of.</summary>
    /// <exception cref="AuditException">Usage: a pattern that fits nothing. Invalid: nothing prunable.</exception>
    internal static IReadOnlyList<PrunableTensor> Competing(Model model, MaskRecipe recipe, List<string> notes)
    {
        var tensors = Prunable.Find(model, recipe.Include, recipe.Exclude);
        if (tensors.Count == 0)
            throw new AuditException(AuditCode.Invalid, model.Source, "no prunable weight", "float initializers of Conv, ConvTranspose, Gemm or MatMul",
                "Weights held in Constant nodes or already quantised cannot be masked; widen with include or check exclude.");
        return recipe.Pattern is { } pattern ? WithPattern(tensors, pattern, model.Source, notes) : tensors;
    }

    /// <summary>Makes masks from scores computed elsewhere; larger scores stay longer. NaN is an error, -0 ranks as 0.</summary>
    /// <param name="tensors">The tensors, in the order that breaks ties.</param>
    /// <param name="scores">Per tensor, one score per weight.</param>
    /// <param name="amount">Fraction removed, in [0,1).</param>
    /// <param name="scope">What competes with what.</param>
    /// <param name="threads">Threads to use; the result does not depend on it.</param>
    public static MaskResult FromScores(
        IReadOnlyList<PrunableTensor> tensors, IReadOnlyList<ReadOnlyMemory<float>> scores, double amount, MaskScope scope, int threads = 1) =>
        From(new GivenScores(tensors, scores), amount, scope, threads);

    private static MaskResult From(Scores scores, double amount, MaskScope scope, int threads)
    {
        var tensors = scores.Tensors;
        var selected = scores.Select(Pool.Of(scope, tensors, amount), threads);
        var masks = SetOf(scores, selected);
        if (selected.Guarded.Count == 0) return new MaskResult(masks, []);
        var names = string.Join(", ", selected.Guarded.Select(i => tensors[i].Name));
        return new MaskResult(masks, [$"The amount would have emptied {names}; one weight was kept in each and as many were removed elsewhere."]);
    }

    private static MaskSet SetOf(Scores scores, SelectedBits selected) => new(scores.Tensors.Select((t, i) => new Mask(t.Name, t.Tensor.Count, selected.Bits[i])));

    private static GivenScores FromFile(IReadOnlyList<PrunableTensor> tensors, string path, List<string> notes)
    {
        var (scored, scores, remarks) = ScoreFile.Read(path, tensors);
        notes.AddRange(remarks);
        return new GivenScores(scored, scores);
    }

    private static PrunableTensor[] WithPattern(IReadOnlyList<PrunableTensor> tensors, NmPattern pattern, string source, List<string> notes)
    {
        PrunableTensor[] taken = [.. tensors.Where(t => PatternSelection.Obstacle(t, pattern) is null)];
        var left = string.Join(", ", tensors.Except(taken).Select(t => $"{t.Name} ({PatternSelection.Obstacle(t, pattern)})"));
        if (taken.Length == 0)
            throw new AuditException(AuditCode.Invalid, source, $"no weight that pattern {pattern} fits: {left}", $"input channels that are a multiple of {pattern.Of}", "Choose another pattern or other tensors.");
        if (left.Length > 0) notes.Add($"Pattern {pattern} does not fit {left}: left dense.");
        return taken;
    }
}
