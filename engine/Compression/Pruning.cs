using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression;

/// <summary>What else a prune writes.</summary>
public sealed record PruneOptions
{
    /// <summary>Store the masked weights as sparse tensors (COO). Not every runtime reads them.</summary>
    public bool Sparse { get; init; }

    /// <summary>Where to save the masks; null: nowhere.</summary>
    public string? MaskPath { get; init; }

    /// <summary>Threads to use; the files do not depend on it, but for rounding in gradients.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>What gradients are taken over, for the methods that take them.</summary>
    public PruneData? Data { get; init; }
}

/// <summary>What a prune takes gradients over.</summary>
/// <param name="Runtime">The loaded runtime.</param>
/// <param name="Spec">The DATA SPEC of labelled images, training images by rights.</param>
/// <param name="Preprocessing">How pixels become inputs; null: as the model's metadata or the JSON beside it says.</param>
/// <param name="Head">Name of the classifier-head node, when the search must not choose.</param>
public sealed record PruneData(OrtLibrary Runtime, string Spec, Preprocessing? Preprocessing = null, string? Head = null);

/// <summary>What a prune did.</summary>
/// <param name="Path">The model written.</param>
/// <param name="Sha256">Its SHA-256 (hex).</param>
/// <param name="Recipe">The lineage in its metadata.</param>
/// <param name="Masks">The masks baked in.</param>
/// <param name="Before">Zeros of the model as it came.</param>
/// <param name="After">Zeros of the model as it went.</param>
/// <param name="Notes">Sentences for people.</param>
public sealed record PruneReport(
    string Path, string Sha256, Recipe Recipe, MaskSet Masks, SparsityReport Before, SparsityReport After, IReadOnlyList<string> Notes);

/// <summary>The prune operation: a model file in, a masked model file out.</summary>
public static class Pruning
{
    /// <summary>
    /// Reads a model, masks it, writes it with its lineage in the metadata. Preprocessing settings that stand in a JSON beside the parent go
    /// into the metadata too, since that file would not be found from the new name. A parent with weights in other files gives a child whose weights
    /// stand in OUT.data. The same input and recipe give the same bytes.
    /// </summary>
    /// <param name="inPath">Model to prune.</param>
    /// <param name="recipe">Score, amount, scope.</param>
    /// <param name="outPath">Model to write; not the input.</param>
    /// <param name="options">What else to write; null for nothing.</param>
    /// <param name="toolVersion">Version of the program, for the lineage.</param>
    /// <param name="cancellation">Ends a pass of gradients early.</param>
    /// <exception cref="AuditException">Usage: a bad recipe, or two of the files read and written are one; Invalid: the model; Environment: the disk.</exception>
    public static PruneReport Prune(string inPath, MaskRecipe recipe, string outPath, PruneOptions? options, string toolVersion, CancellationToken cancellation = default)
    {
        recipe.Validated();
        options ??= new PruneOptions();
        OutputPaths.Check([("the input", inPath)], [("the output", outPath), ("the masks", options.MaskPath)]);
        var model = OnnxReader.Read(inPath);
        var parent = ModelFiles.DigestOf(model, inPath);
        var external = model.Graph.Initializers.Any(v => v.Initializer!.Storage is TensorStorage { Form: TensorForm.External });
        var dataPath = external ? outPath + ".data" : null;
        OutputPaths.Check(
            ModelFiles.Of(model, inPath).Select((file, i) => (i == 0 ? "the input" : "the input's weights", file.Path)),
            [("the output", outPath), ("the output's weights", dataPath), ("the masks", options.MaskPath)]);
        var before = SparsityReport.Of(model);
        var ((masks, notes), made) = Create(model, recipe, inPath, options, cancellation);
        MaskApplication.Bake(model, masks);
        var lineage = new Recipe("prune", made.Parameters(), [new RecipeParent("base", parent, Path.GetFileName(inPath))], toolVersion);
        lineage.WriteTo(model);
        notes = [.. notes, .. CarriedPreprocessing.Into(model, inPath)];
        OnnxWriter.Write(model, outPath, new OnnxWriteOptions
        {
            Sparse = options.Sparse ? masks.Select(m => m.Tensor).ToHashSet() : null,
            ExternalDataFile = Path.GetFileName(dataPath),
        });
        if (options.MaskPath is { } path) masks.Save(path);
        return new PruneReport(outPath, Digest.OfFile(outPath), lineage, masks, before, SparsityReport.Of(model), notes);
    }

    /// <summary>What <see cref="Prune"/> would refuse of a recipe on a model, found without scoring a weight.</summary>
    /// <param name="path">The model, or one with the same layers.</param>
    /// <param name="recipe">Score, amount, scope.</param>
    /// <param name="options">What the prune will be given.</param>
    /// <exception cref="AuditException">Usage or Invalid, as <see cref="Prune"/>.</exception>
    public static void Check(string path, MaskRecipe recipe, PruneOptions options)
    {
        recipe.Validated();
        var model = OnnxReader.Read(path);
        var tensors = Masks.Competing(model, recipe, []);
        if (recipe.ScoresPath is { } scores) ScoreFile.Read(scores, tensors);
        if (options.Data is { } data) GradientData.Open(model, path, data, options.Threads).Data.Dispose();
    }

    private static (MaskResult Result, MaskRecipe Made) Create(Model model, MaskRecipe recipe, string path, PruneOptions options, CancellationToken cancellation)
    {
        if (options.Data is not { } data || !MaskMethods.NeedsData(recipe.Method))
        {
            var masks = Masks.Create(model, recipe, options.Threads);
            return (masks, recipe.ScoresPath is { } scores ? recipe with { Data = $"{Path.GetFileName(scores)} sha256:{Digest.OfFile(scores)}" } : recipe);
        }

        var source = GradientData.Open(model, path, data, options.Threads) with { Cancellation = cancellation };
        using var dataset = source.Data;
        var made = recipe.Over(source);
        return (Masks.Create(model, made, options.Threads, source), made);
    }
}
