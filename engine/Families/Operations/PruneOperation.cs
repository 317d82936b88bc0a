using System.Text.Json;
using OnnxAudit.Compression;

namespace OnnxAudit.Families.Operations;

/// <summary>prune: weights set to 0 by a score.</summary>
internal static class PruneOperation
{
    private static readonly Dictionary<string, MaskScope> Scopes = new(StringComparer.Ordinal) { ["global"] = MaskScope.Global, ["layer"] = MaskScope.Layer };

    /// <summary>The row.</summary>
    public static Operation Row { get; } = new("prune",
    [
        new("method"), new("amount"), new("pattern"), new("scope"), new("scores", ParameterKind.File), new("include", ParameterKind.List), new("exclude", ParameterKind.List),
        new("data", ParameterKind.Data) { GivenWhen = TakesGradients }, new("samples"), new("probes"), new("preprocess", ParameterKind.Settings), new("head"), new("sparse"), new("seed"),
    ], Check, Run);

    private static bool TakesGradients(IReadOnlyDictionary<string, JsonElement> step) =>
        step.TryGetValue("method", out var method) && method.ValueKind == JsonValueKind.String && MaskMethods.Names.Contains(method.GetString()!) && MaskMethods.NeedsData(method.GetString()!);

    private static void Check(OperationCall call)
    {
        var recipe = Recipe(call);
        var options = Options(call, recipe);
        if (call.ParentPath is { } path) Pruning.Check(path, recipe, options);
    }

    private static IReadOnlyList<string> Run(OperationCall call)
    {
        var recipe = Recipe(call);
        return Pruning.Prune(call.ParentPath!, recipe, call.OutPath, Options(call, recipe), call.Means.ToolVersion, call.Cancellation).Notes;
    }

    /// <summary>The masks that the arguments ask for.</summary>
    /// <param name="call">The call.</param>
    /// <param name="method">The method where none is named; null: one must be.</param>
    internal static MaskRecipe Recipe(OperationCall call, string? method = null)
    {
        var fields = call.Arguments;
        var pattern = fields.Text("pattern") is { } text ? NmPattern.Parse(text) : null;
        return new MaskRecipe
        {
            Method = method is null ? fields.RequiredText("method") : fields.Text("method") ?? method,
            Amount = fields.Number("amount") ?? pattern?.Amount ?? throw fields.Wrong("amount", "nothing", "a number in [0,1), the fraction removed, or 'pattern'"),
            Pattern = pattern,
            ScoresPath = fields.Text("scores"),
            Scope = call.Choice("scope", Scopes, MaskScope.Global),
            Seed = call.Seed(),
            Samples = fields.Element("samples") is null ? null : call.Whole("samples", 0),
            Probes = fields.Element("probes") is null ? null : call.Whole("probes", 0),
            Include = fields.Texts("include") is { Count: > 0 } include ? include : null,
            Exclude = fields.Texts("exclude") is { Count: > 0 } exclude ? exclude : null,
        }.Validated();
    }

    // A grid over methods names data for those that take gradients; the others leave it.
    private static PruneOptions Options(OperationCall call, MaskRecipe recipe) => new()
    {
        Sparse = call.Arguments.Flag("sparse") ?? false,
        Threads = call.Means.Threads,
        Data = MaskMethods.NeedsData(recipe.Method)
            ? new PruneData(call.Means.Runtime, call.Data("data", $"labelled images, which method {recipe.Method} takes gradients over"), call.Preprocessing(), call.Arguments.Text("head")) : null,
    };
}
