using System.Text;
using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Files;

namespace OnnxAudit.Bundles;

/// <summary>What a list declares of an operation or a metric.</summary>
/// <param name="Name">Unique in its kind.</param>
/// <param name="Json">The object it was read from, all keys kept; null for a bare name.</param>
public sealed record ModelListDeclaration(string Name, JsonElement? Json);

/// <summary>A model of a list.</summary>
/// <param name="Id">Unique in the list.</param>
/// <param name="Base">Id of the model it was made from; null for a root.</param>
/// <param name="Operation">What made it; null when nothing says.</param>
/// <param name="Parameters">Of the operation: name and JSON value.</param>
/// <param name="Metrics">Finite figures.</param>
public sealed record ListedModel(
    string Id, string? Base, string? Operation, IReadOnlyList<KeyValuePair<string, JsonElement>> Parameters, IReadOnlyList<KeyValuePair<string, double>> Metrics)
{
    /// <summary>A name for people, or null.</summary>
    public string? Tag { get; init; }

    /// <summary>SHA-256 (hex) of the model's files, a key of our own; null when not known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Version of the program that made it, a key of our own; null when not known.</summary>
    public string? ToolVersion { get; init; }

    /// <summary>All its parents, a key of our own: the format has room for one, and none for a digest.</summary>
    public IReadOnlyList<RecipeParent> Parents { get; init; } = [];
}

/// <summary>The model list that Compress and Compare reads, as an object.</summary>
/// <param name="Operations">Declared operations; those only used need no declaration.</param>
/// <param name="Metrics">Declared metrics; those only used need no declaration.</param>
/// <param name="Models">The models, in order.</param>
public sealed record ModelList(IReadOnlyList<ModelListDeclaration> Operations, IReadOnlyList<ModelListDeclaration> Metrics, IReadOnlyList<ListedModel> Models)
{
    /// <summary>Reads a list leniently: unknown keys are passed over, optional parts may be missing, parameters may be undeclared.</summary>
    /// <exception cref="AuditException">Invalid: no such file, not JSON, no list of models, an id missing or given twice.</exception>
    public static ModelList Read(string path) => ModelListReader.Read(JsonFields.Parse(Encoding.UTF8.GetString(BundleJson.ReadBytes(path)).TrimStart('\uFEFF'), path));

    /// <summary>The list of a forest: its models in order, a base only where it is there, parameters that are numbers as numbers.</summary>
    public static ModelList Of(LineageForest forest)
    {
        var nodes = forest.Nodes.Where(n => n.State is ParentState.Found or ParentState.Recorded).ToArray();
        var stems = nodes.Select(n => n.Name.EndsWith(".onnx", StringComparison.Ordinal) ? n.Name[..^5] : n.Name).ToArray();
        var unique = stems.Distinct(StringComparer.Ordinal).Count() == stems.Length;
        var ids = nodes.Select((n, i) => (n, Id: unique ? stems[i] : n.Name)).ToDictionary(p => p.n, p => p.Id);
        return new ModelList([], [], [.. nodes.Select(n => new ListedModel(ids[n], n.Parent is { } parent ? ids.GetValueOrDefault(parent) : null, n.Operation,
            [.. n.Parameters.Select(p => new KeyValuePair<string, JsonElement>(p.Key, JsonValue.Of(p.Value)))],
            [.. n.Metrics.Select(m => new KeyValuePair<string, double>(m.Name, m.Value))])
        {
            Sha256 = n.Sha256,
            ToolVersion = n.ToolVersion,
            Parents = [.. n.Links.Select(l => l.Parent)],
        })]);
    }

    /// <summary>Writes the list; no file of <paramref name="inputs"/> may be the output.</summary>
    /// <exception cref="AuditException">Usage: the output is an input. Environment: the disk.</exception>
    public void Save(string path, IEnumerable<string> inputs)
    {
        OutputPaths.Check(inputs.Select(i => ("an input", i)), [("the list", path)]);
        AtomicFile.WriteBytes(path, ModelListWriter.Write(this));
    }

    /// <summary>The list as a forest; a base that is not in the list is missing.</summary>
    /// <exception cref="AuditException">Invalid: the bases form a ring.</exception>
    public LineageForest Forest()
    {
        var shown = Metrics.DistinctBy(m => m.Name).ToDictionary(m => m.Name, m => m.Json, StringComparer.Ordinal);
        var nodes = Models.Select(m => new LineageNode
        {
            Name = m.Id,
            State = ParentState.Recorded,
            Sha256 = m.Sha256,
            Operation = m.Operation,
            Parameters = [.. m.Parameters.Select(p => new KeyValuePair<string, string>(p.Key, JsonValue.Text(p.Value)))],
            ToolVersion = m.ToolVersion,
            Metrics = [.. m.Metrics.Select(v => Metric(v, shown.GetValueOrDefault(v.Key)))],
            Links = m.Parents.Count > 0 ? [.. m.Parents.Select(p => new LineageLink(p, ParentState.Recorded))]
                : m.Base is { } name ? [new LineageLink(new RecipeParent("base", "", name), ParentState.Recorded)] : [],
        }).ToArray();
        var byId = nodes.ToDictionary(n => n.Name, StringComparer.Ordinal);
        var bases = Models.ToDictionary(m => m.Id, m => m.Base, StringComparer.Ordinal);
        return LineageForest.Grown(nodes, node =>
        {
            var recorded = node.Links.FirstOrDefault(l => l.Parent.Role == "base");
            return bases[node.Name] is { } parent
                ? (recorded ?? new LineageLink(new RecipeParent("base", "", parent), ParentState.Recorded), byId.GetValueOrDefault(parent))
                : recorded is null ? null : (recorded, null);
        });
    }

    private static LineageMetric Metric(KeyValuePair<string, double> metric, JsonElement? declared)
    {
        var bare = metric.Key.Split(" @ ")[0];
        var format = Text("format");
        var primary = declared is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("primary", out var flag) && flag.ValueKind == JsonValueKind.True;
        return new LineageMetric(metric.Key, metric.Value, primary || bare is "accuracy" or "sparsity",
            format is null ? bare is "accuracy" or "sparsity" : format.EndsWith('%'), Text("unit") ?? "");

        string? Text(string key) => declared is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
    }
}
