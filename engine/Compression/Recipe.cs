using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Compression;

/// <summary>A model that another was made from.</summary>
/// <param name="Role">What it gave: "base" for the model an operation changed.</param>
/// <param name="Sha256">SHA-256 (hex) of its file.</param>
/// <param name="File">Its file name, without folder, for people.</param>
public sealed record RecipeParent(string Role, string Sha256, string File)
{
    /// <summary>Writes the parent as a JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("role", Role);
        json.WriteString("sha256", Sha256);
        json.WriteString("file", File);
        json.WriteEndObject();
    }
}

/// <summary>How a model was made: operation, parameters, parents. Travels in the model file's metadata, so lineage needs files alone.</summary>
/// <param name="Operation">What was done, e.g. "prune".</param>
/// <param name="Parameters">Name and value in a fixed order; numbers culture-invariant.</param>
/// <param name="Parents">What it was made from.</param>
/// <param name="ToolVersion">Version of the program that did it.</param>
public sealed record Recipe(
    string Operation, IReadOnlyList<KeyValuePair<string, string>> Parameters, IReadOnlyList<RecipeParent> Parents, string ToolVersion)
{
    /// <summary>Metadata key the recipe is written under.</summary>
    public const string MetadataKey = "onnxaudit.recipe";

    /// <summary>The value of a parameter, or null.</summary>
    public string? Parameter(string name) => Parameters.FirstOrDefault(p => p.Key == name).Value;

    /// <summary>The recipe as one line of JSON; the same recipe always gives the same text.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) Write(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the recipe as a JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("operation", Operation);
        json.WriteStartObject("parameters");
        foreach (var (name, value) in Parameters) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteStartArray("parents");
        foreach (var parent in Parents) parent.Write(json);
        json.WriteEndArray();
        json.WriteString("toolVersion", ToolVersion);
        json.WriteEndObject();
    }

    /// <summary>Puts the recipe into a model's metadata, replacing an earlier one.</summary>
    public void WriteTo(Model model) => model.SetMetadata(MetadataKey, ToJson());

    /// <summary>The recipe in a model's metadata; null when it has none.</summary>
    /// <exception cref="AuditException">Invalid: the entry is there but is not a recipe.</exception>
    public static Recipe? Read(Model model) => model.MetadataOf(MetadataKey) is { } text ? Parse(text, model.Source) : null;

    /// <summary>Reads what <see cref="ToJson"/> wrote; <paramref name="where"/> names the file for messages.</summary>
    /// <exception cref="AuditException">Invalid: not a recipe.</exception>
    public static Recipe Parse(string text, string where)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            JsonTexts.Check(json.RootElement, $"{where}, metadata '{MetadataKey}'");
            return From(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new AuditException(AuditCode.Invalid, $"{where}, metadata '{MetadataKey}'", $"a text that is not a recipe ({e.Message})",
                "JSON with operation, parameters, parents and toolVersion", "Remove the entry or make the model again.", e);
        }
    }

    private static Recipe From(JsonElement root)
    {
        var parameters = root.GetProperty("parameters").EnumerateObject().Select(p => new KeyValuePair<string, string>(p.Name, TextOf(p.Value))).ToList();
        var parents = root.GetProperty("parents").EnumerateArray()
            .Select(p => new RecipeParent(TextOf(p.GetProperty("role")), TextOf(p.GetProperty("sha256")), TextOf(p.GetProperty("file")))).ToList();
        return new Recipe(TextOf(root.GetProperty("operation")), parameters, parents, TextOf(root.GetProperty("toolVersion")));
    }

    private static string TextOf(JsonElement value) => value.GetString() ?? throw new JsonException("null where a text belongs");
}
