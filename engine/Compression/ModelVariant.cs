using OnnxAudit.Graphs;

namespace OnnxAudit.Compression;

/// <summary>
/// A model under audit: a parsed graph, the weights that replace the graph's own, and how it was made. Ten prune ratios share one graph, so the
/// graph must not be changed while a variant uses it.
/// </summary>
public sealed class ModelVariant
{
    private readonly Lazy<SparsityReport> _sparsity;

    /// <summary>A variant of a model that was read from a file.</summary>
    /// <param name="id">Unique in a plan; part of cell names: letters, digits, '.', '_', '-'.</param>
    /// <param name="model">The parsed model.</param>
    /// <param name="modelPath">The file it was read from.</param>
    /// <param name="modelSha256">That file's SHA-256 (hex).</param>
    /// <param name="overrides">Weights by initializer name; null or empty: the model as it is.</param>
    /// <param name="recipe">How the variant was made; null: what the model's metadata says, if anything.</param>
    public ModelVariant(
        string id, Model model, string modelPath, string modelSha256, IReadOnlyList<KeyValuePair<string, Tensor>>? overrides = null, Recipe? recipe = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        (Id, Model, ModelPath, ModelSha256, Overrides) = (id, model, modelPath, modelSha256, overrides ?? []);
        Recipe = recipe ?? (Overrides.Count == 0 ? Recipe.Read(model) : null);
        _sparsity = new Lazy<SparsityReport>(() => SparsityReport.Of(Model, Overrides));
    }

    /// <summary>Unique in a plan.</summary>
    public string Id { get; }

    /// <summary>The parsed model, possibly shared.</summary>
    public Model Model { get; }

    /// <summary>The file the model was read from.</summary>
    public string ModelPath { get; }

    /// <summary>SHA-256 (hex) of that file.</summary>
    public string ModelSha256 { get; }

    /// <summary>Weights in place of the model's own, by initializer name.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Overrides { get; }

    /// <summary>How it was made; null when nothing says.</summary>
    public Recipe? Recipe { get; }

    /// <summary>Zeros of its weights; counted on first use.</summary>
    public SparsityReport Sparsity => _sparsity.Value;

    /// <summary>A masked variant of this one's model that shares its graph.</summary>
    /// <param name="id">The new variant's id.</param>
    /// <param name="masks">What to remove.</param>
    /// <param name="recipe">How the masks were made.</param>
    /// <param name="toolVersion">Version of the program, for the lineage.</param>
    /// <exception cref="InvalidOperationException">This variant itself has overrides: masks are made on a file's own weights.</exception>
    public ModelVariant Masked(string id, MaskSet masks, MaskRecipe recipe, string toolVersion)
    {
        if (Overrides.Count > 0) throw new InvalidOperationException($"variant '{Id}' is an override itself");
        var lineage = new Recipe("prune", recipe.Parameters(), [new RecipeParent("base", ModelSha256, Path.GetFileName(ModelPath))], toolVersion);
        return new ModelVariant(id, Model, ModelPath, ModelSha256, MaskApplication.Overrides(Model, masks), lineage);
    }
}
