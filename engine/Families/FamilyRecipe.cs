using System.Text.Json;

namespace OnnxAudit.Families;

/// <summary>A model that a family starts from.</summary>
/// <param name="Name">What variants call it.</param>
/// <param name="Path">Its ONNX file.</param>
/// <param name="Where">Its place in the recipe, for messages.</param>
public sealed record FamilyModel(string Name, string Path, string Where);

/// <summary>A model to make: one point of a recipe's grids.</summary>
/// <param name="Name">Unique in the family; its file is NAME.onnx.</param>
/// <param name="Parent">Name of the model it is made from.</param>
/// <param name="Operation">How.</param>
/// <param name="Arguments">An object with one value for each parameter given, in the operation's order: the step's, else the family's. Files and models are as written.</param>
/// <param name="Where">Its place in the recipe, for messages.</param>
public sealed record FamilyVariant(string Name, string Parent, Operation Operation, JsonElement Arguments, string Where)
{
    /// <summary>Names of all models it is made from: the parent, then those that parameters name.</summary>
    public IEnumerable<string> Sources => new[] { Parent }.Concat(Given(ParameterKind.Model).Select(m => m.Value)).Distinct(StringComparer.Ordinal);

    /// <summary>The parameters of a kind that hold a text, and the text.</summary>
    internal IEnumerable<(string Name, string Value)> Given(ParameterKind kind) => Operation.Parameters.Where(p => p.Kind == kind)
        .Select(p => (p.Name, Value: Arguments.TryGetProperty(p.Name, out var v) && v.ValueKind == JsonValueKind.String ? v.GetString() : null))
        .Where(p => p.Value is not null).Select(p => (p.Name, p.Value!));
}

/// <summary>A recipe file, its grids multiplied out.</summary>
/// <param name="Name">The family's name.</param>
/// <param name="Source">The file, for messages.</param>
/// <param name="Folder">The folder that its file names start from.</param>
/// <param name="Threads">Threads of an operation, on which results depend by rounding; null: the recipe leaves it open.</param>
/// <param name="Models">What it starts from.</param>
/// <param name="Variants">What it makes, in the recipe's order: parents before children wherever a pattern names the parents.</param>
public sealed record FamilyRecipe(string Name, string Source, string Folder, int? Threads, IReadOnlyList<FamilyModel> Models, IReadOnlyList<FamilyVariant> Variants)
{
    /// <summary>A file that the recipe names.</summary>
    internal string Full(string path) => Path.GetFullPath(Path.Combine(Folder, path));
}
