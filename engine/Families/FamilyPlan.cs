using System.Buffers;
using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Files;

namespace OnnxAudit.Families;

/// <summary>A family that was checked: what is made from what, in which order, into which files.</summary>
public sealed class FamilyPlan
{
    private readonly Dictionary<string, string?> _graphs;

    private FamilyPlan(FamilyRecipe recipe, IReadOnlyList<FamilyVariant> order, string folder, OperationMeans means, Dictionary<string, string?> graphs, IReadOnlyDictionary<string, string> data) =>
        (Recipe, Order, Folder, Means, _graphs, DataDigests) = (recipe, order, folder, means, graphs, data);

    /// <summary>What was asked for.</summary>
    public FamilyRecipe Recipe { get; }

    /// <summary>The variants, each after all it is made from; otherwise in the recipe's order.</summary>
    public IReadOnlyList<FamilyVariant> Order { get; }

    /// <summary>Where files go.</summary>
    public string Folder { get; }

    /// <summary>What operations work with.</summary>
    public OperationMeans Means { get; }

    /// <summary>SHA-256 (hex) of the data that DATA SPECs of the recipe name.</summary>
    internal IReadOnlyDictionary<string, string> DataDigests { get; }

    /// <summary>Checks everything that can be checked before any work: order, files, and every operation on the graph it will find.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="folder">Where files will go.</param>
    /// <param name="means">What operations will work with.</param>
    /// <param name="cancellation">Ends the checks early.</param>
    /// <exception cref="AuditException">With the place in the recipe, and what the operation says: Usage, Invalid or Environment.</exception>
    public static FamilyPlan Of(FamilyRecipe recipe, string folder, OperationMeans means, CancellationToken cancellation = default)
    {
        var order = Ordered(recipe);
        CheckFiles(recipe, folder);
        var graphs = new Dictionary<string, string?>(StringComparer.Ordinal);
        var data = new FamilyDataDigests();
        foreach (var model in recipe.Models)
        {
            Naming(model.Where, model.Name, () => BaseFiles.Of(model));
            graphs[model.Name] = model.Path;
        }

        var plan = new FamilyPlan(recipe, order, folder, means, graphs, data.BySpec);
        foreach (var variant in order)
        {
            cancellation.ThrowIfCancellationRequested();
            var graph = graphs[variant.Parent];
            Naming(variant.Where, variant.Name, () =>
            {
                variant.Operation.Check(plan.Call(variant, name => graphs[name] ?? plan.PathOf(name)) with { ParentPath = graph });
                foreach (var (_, spec) in variant.Given(ParameterKind.Data)) data.Open(spec, graph);
            });
            graphs[variant.Name] = variant.Operation.KeepsGraph ? graph : null;
        }

        return plan;
    }

    /// <summary>The file of a model of the family.</summary>
    public string PathOf(string name) => Path.Combine(Folder, name + ".onnx");

    /// <summary>The call that makes a variant.</summary>
    internal OperationCall CallOf(FamilyVariant variant) => Call(variant, PathOf) with { ParentPath = PathOf(variant.Parent) };

    /// <summary>Where a variant keeps what outlives an interruption.</summary>
    internal string WorkFolderOf(FamilyVariant variant, string key) => Path.Combine(Folder, ".work", $"{variant.Name}-{key[..16]}");

    private OperationCall Call(FamilyVariant variant, Func<string, string> pathOf)
    {
        var paths = variant.Given(ParameterKind.File).Select(f => (f.Name, Path: Recipe.Full(f.Value))).Concat(variant.Given(ParameterKind.Model).Select(m => (m.Name, Path: pathOf(m.Value))))
            .ToDictionary(p => p.Name, p => p.Path, StringComparer.Ordinal);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var field in variant.Arguments.EnumerateObject())
                if (paths.TryGetValue(field.Name, out var path)) json.WriteString(field.Name, path);
                else field.WriteTo(json);
            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return new OperationCall(new JsonFields(document.RootElement.Clone(), variant.Where), Means) { OutPath = PathOf(variant.Name) };
    }

    // Parents first; among those that could be next, the recipe's order.
    private static List<FamilyVariant> Ordered(FamilyRecipe recipe)
    {
        var there = recipe.Models.Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        var (order, open) = (new List<FamilyVariant>(), recipe.Variants.ToList());
        while (open.Count > 0)
        {
            var next = open.Where(v => v.Sources.All(there.Contains)).ToArray();
            if (next.Length == 0)
                throw new AuditException(AuditCode.Invalid, $"{open[0].Where} ('{open[0].Name}')", $"a ring: {Ring(open)}", "models made from earlier ones", "Correct 'of' of one of them.");
            order.AddRange(next);
            there.UnionWith(next.Select(v => v.Name));
            open.RemoveAll(next.Contains);
        }

        return order;
    }

    private static string Ring(List<FamilyVariant> open)
    {
        var byName = open.ToDictionary(v => v.Name, StringComparer.Ordinal);
        var names = new List<string>();
        for (var at = open[0]; !names.Contains(at.Name); at = byName[at.Sources.First(byName.ContainsKey)]) names.Add(at.Name);
        var last = byName[names[^1]].Sources.First(byName.ContainsKey);
        return string.Join(" from ", names.SkipWhile(n => n != last).Append(last).Select(n => $"'{n}'"));
    }

    private static void CheckFiles(FamilyRecipe recipe, string folder)
    {
        var inputs = recipe.Models.Select(m => ($"the model '{m.Name}'", m.Path))
            .Concat(recipe.Variants.SelectMany(v => v.Given(ParameterKind.File)).Select(f => ($"the file of {f.Name}", recipe.Full(f.Value))));
        OutputPaths.Check(inputs, recipe.Variants.Select(v => ($"the variant '{v.Name}'", (string?)Path.Combine(folder, v.Name + ".onnx"))));
    }

    // What an operation says of files and values, under the place in the recipe that asked for it.
    private static void Naming(string where, string name, Action check)
    {
        try
        {
            check();
        }
        catch (AuditException e)
        {
            throw new AuditException(e.Code, e.Where.StartsWith(where, StringComparison.Ordinal) ? $"{where} ('{name}'){e.Where[where.Length..]}" : $"{where} ('{name}'): {e.Where}", e.Found, e.Expected, e.Fix, e);
        }
    }
}
