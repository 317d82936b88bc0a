using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Files;

namespace OnnxAudit.Bundles;

/// <summary>The lenient reader of model lists: what the trees need must be right, all else may be missing or unknown.</summary>
internal static class ModelListReader
{
    internal static ModelList Read(JsonFields root)
    {
        if (root.Element("models") is not { ValueKind: JsonValueKind.Array })
            throw root.Wrong("models", root.Element("models") is { } other ? JsonFields.Shown(other) : "nothing", "a list of models");
        var models = root.List("models").Select(m => Model(new JsonFields(m.Element, m.Where))).ToArray();
        foreach (var twice in models.GroupBy(m => m.Id, StringComparer.Ordinal).Where(g => g.Count() > 1))
            throw root.Wrong("models", $"id '{twice.Key}' {twice.Count()} times", "each id once");
        return new ModelList(Declarations(root, "operations"), Declarations(root, "metrics"), models);
    }

    private static ModelListDeclaration[] Declarations(JsonFields root, string kind) => [.. root.List(kind).Select(item =>
        item.Element.ValueKind == JsonValueKind.String ? new ModelListDeclaration(item.Element.GetString()!, null)
        : new ModelListDeclaration(new JsonFields(item.Element, item.Where).RequiredText("name"), item.Element)).DistinctBy(d => d.Name, StringComparer.Ordinal)];

    private static ListedModel Model(JsonFields model)
    {
        var id = Identifier(model, "id");
        if (string.IsNullOrEmpty(id)) throw model.Wrong("id", id is null ? "nothing" : "an empty text", "a unique text");
        var (operation, parameters) = Operation(model);
        return new ListedModel(id, Identifier(model, "base"), operation, parameters, Metrics(model))
        {
            Tag = model.Element("tag") is { ValueKind: JsonValueKind.String } tag ? tag.GetString() : null,
            Sha256 = model.Text("sha256"),
            ToolVersion = model.Text("toolVersion"),
            Parents = [.. model.List("parents").Select(p => new JsonFields(p.Element, p.Where))
                .Select(p => new RecipeParent(p.RequiredText("role"), p.RequiredText("sha256"), p.RequiredText("file")))],
        };
    }

    // Exporters that count their models write ids as numbers.
    private static string? Identifier(JsonFields model, string name) => model.Element(name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : model.Text(name);

    private static (string? Name, KeyValuePair<string, JsonElement>[] Parameters) Operation(JsonFields model)
    {
        if (model.Element("operation") is { ValueKind: JsonValueKind.String } bare) return (bare.GetString(), []);
        if (model.Object("operation") is not { } operation) return (null, []);
        var name = operation.RequiredText("name");
        return operation.Object("parameters") is not { } parameters ? (name, [])
            : (name, [.. parameters.Names().Where(p => parameters.Element(p) is not null).Select(p => new KeyValuePair<string, JsonElement>(p, parameters.Element(p)!.Value))]);
    }

    private static KeyValuePair<string, double>[] Metrics(JsonFields model) => model.Object("metrics") is not { } metrics ? []
        : [.. metrics.Names().Where(m => metrics.Number(m) is not null).Select(m => new KeyValuePair<string, double>(m, metrics.Number(m)!.Value))];
}
