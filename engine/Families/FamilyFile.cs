using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Files;

namespace OnnxAudit.Families;

/// <summary>What stands in place of a recipe's own data.</summary>
/// <param name="Data">DATA SPEC of training images; null: the recipe's.</param>
/// <param name="Test">DATA SPEC of test images; null: the recipe's.</param>
public sealed record FamilyData(string? Data = null, string? Test = null);

/// <summary>
/// Reads recipe files: <c>family</c> names it; <c>data</c>, <c>test</c>, <c>seed</c>, <c>preprocess</c> are what steps do not give themselves; <c>threads</c>;
/// <c>models</c> maps names to files; <c>variants</c> is a list of entries, each with <c>name</c>, <c>of</c> and one operation. Lists in a step, and several parents, are
/// grids. The format is described in docs/recipes.md.
/// </summary>
public sealed class FamilyFile
{
    private const int MostVariants = 10_000;

    private readonly JsonFields _fields;
    private readonly string _folder;
    private readonly FamilyData _given;
    private readonly List<FamilyModel> _models = [];
    private readonly List<FamilyVariant> _variants = [];

    private FamilyFile(JsonFields fields, string folder, FamilyData given) => (_fields, _folder, _given) = (fields, folder, given);

    /// <summary>Reads a recipe. Nothing is opened.</summary>
    /// <param name="json">The text, as JSON.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <param name="folder">The folder that its file names start from.</param>
    /// <param name="given">What stands in place of its data.</param>
    /// <exception cref="AuditException">Invalid: unknown keys, operations or parameters, wrong kinds, a parent that nothing is called, names that are bad or taken.</exception>
    public static FamilyRecipe Read(string json, string source, string folder, FamilyData? given = null) =>
        new FamilyFile(JsonFields.Parse(json, source), folder, given ?? new FamilyData()).Read();

    private FamilyRecipe Read()
    {
        var name = _fields.RequiredText("family");
        _fields.Text("data");
        _fields.Text("test");
        _fields.Object("preprocess");
        _fields.Integer("seed", 0, long.MaxValue);
        var threads = (int?)_fields.Integer("threads", 1, 1024);
        if (_fields.Object("models") is { } models)
            foreach (var model in models.Names()) _models.Add(new FamilyModel(model, Path.GetFullPath(Path.Combine(_folder, models.RequiredText(model))), $"{models.Where}, {model}"));
        if (_models.Count == 0) throw _fields.Wrong("models", "no model", "names and ONNX files, such as dense: model.onnx");
        foreach (var (element, where) in _fields.List("variants")) Add(new JsonFields(element, where));
        _fields.Done();
        if (_variants.Count == 0) throw _fields.Wrong("variants", "nothing to make", "a list of name, of and an operation");
        FamilyNames.Check(_models, _variants);
        return new FamilyRecipe(name, _fields.Where, _folder, threads, _models, _variants);
    }

    private void Add(JsonFields entry)
    {
        var (template, parents) = (entry.Text("name"), Parents(entry));
        var (operation, step) = Step(entry);
        var combinations = StepGrid.Of(operation, step, Given).ToArray();
        if (_variants.Count + (long)parents.Count * combinations.Length > MostVariants)
            throw entry.Wrong(operation.Name, "more than 10000 variants with this grid", "fewer");
        foreach (var parent in parents)
            foreach (var point in combinations)
            {
                var arguments = point.Arguments(operation);
                _variants.Add(new FamilyVariant(FamilyNames.Fill(template, parent, operation, arguments, point.Axes, $"{entry.Where}, name"), parent, operation, arguments, step.Where));
            }
    }

    /// <summary>The names that <c>of</c> gives: as they stand, or those of models and earlier variants that a pattern fits.</summary>
    private List<string> Parents(JsonFields entry)
    {
        var patterns = entry.Texts("of");
        if (patterns.Count == 0) throw entry.Wrong("of", "nothing", "the name of a model or variant, or a pattern with * and ?");
        var parents = new List<string>();
        foreach (var text in patterns)
        {
            var pattern = new NamePattern(text);
            string[] fits = pattern.IsExact ? [text] : [.. _models.Select(m => m.Name).Concat(_variants.Select(v => v.Name)).Where(n => pattern.Matches(n))];
            if (fits.Length == 0)
                throw new AuditException(AuditCode.Invalid, $"{entry.Where}, of", $"'{text}', which fits nothing that stands before it", FamilyNames.Listed(_models, _variants),
                    "A pattern takes models and variants of entries above; correct it or move the entry down.");
            parents.AddRange(fits.Except(parents));
        }

        return parents;
    }

    private static (Operation Operation, JsonFields Step) Step(JsonFields entry)
    {
        var known = string.Join(", ", OperationTable.Rows.Select(r => r.Name));
        var keys = entry.Unasked;
        if (keys.FirstOrDefault(k => OperationTable.Find(k) is null) is { } unknown)
            throw new AuditException(AuditCode.Invalid, entry.Where, $"the unknown operation '{unknown}'", $"name, of, and one of {known}", "Correct the spelling.");
        if (keys.Count != 1)
            throw new AuditException(AuditCode.Invalid, entry.Where, keys.Count == 0 ? "no operation" : $"{string.Join(" and ", keys)}", $"one of {known}",
                keys.Count == 0 ? "Say what is done, e.g. prune: { method: magnitude, amount: 0.5 }." : "Give each an entry of its own, the later one 'of' the earlier.");
        return (OperationTable.Find(keys[0])!, entry.Object(keys[0]) ?? new JsonFields(JsonDocument.Parse("{}").RootElement, $"{entry.Where}, {keys[0]}"));
    }

    /// <summary>What a step takes from the family where it says nothing.</summary>
    private JsonElement? Given(OperationParameter parameter) => parameter switch
    {
        { Name: "data", Kind: ParameterKind.Data } => Text(_given.Data) ?? _fields.Element("data"),
        { Name: "test", Kind: ParameterKind.Data } => Text(_given.Test) ?? _fields.Element("test"),
        { Kind: ParameterKind.Settings } => _fields.Element(parameter.Name),
        { Name: "seed" } => _fields.Element("seed"),
        _ => null,
    };

    private static JsonElement? Text(string? text) => text is null ? null : JsonDocument.Parse($"\"{JsonEncodedText.Encode(text)}\"").RootElement;
}
