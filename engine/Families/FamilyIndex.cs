using System.Buffers;
using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Families;

/// <summary>How a model of a family stands.</summary>
public enum FamilyState
{
    /// <summary>Not made yet.</summary>
    Waiting,

    /// <summary>Its file is there.</summary>
    Made,

    /// <summary>Its operation failed.</summary>
    Failed,

    /// <summary>What it is made from is not there.</summary>
    NotMade,

    /// <summary>Made by the recipe as it was before; the recipe does not name it any more.</summary>
    Earlier,
}

/// <summary>A model of a family in its index.</summary>
/// <param name="Name">Its name; the file is NAME.onnx.</param>
/// <param name="State">How it stands.</param>
/// <param name="Sources">Names of what it is made from.</param>
/// <param name="Operation">How; null for a model that the family started from.</param>
/// <param name="Arguments">The operation's arguments as JSON; null without an operation.</param>
public sealed record FamilyEntry(string Name, FamilyState State, IReadOnlyList<string> Sources, string? Operation, string? Arguments)
{
    /// <summary>SHA-256 (hex) of the model, weights in other files included; null when there is none.</summary>
    public string? Sha256 { get; init; }

    /// <summary>SHA-256 (hex) of everything that decides it: operation, arguments, parents, data, threads, runtime and program. Null for a start or before its parents are there.</summary>
    public string? Key { get; init; }

    /// <summary>Why it failed or was not made.</summary>
    public string? Error { get; init; }
}

/// <summary>The file <c>family.json</c>: every model of a family, what it is made from and how it stands. The same recipe ends in the same bytes, interrupted or not.</summary>
public sealed class FamilyIndex
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "family.json";

    /// <summary>Name of the format and its version.</summary>
    public const string Schema = "onnxaudit.family/1";

    private static readonly (FamilyState State, string Word)[] Words =
        [(FamilyState.Waiting, "waiting"), (FamilyState.Made, "made"), (FamilyState.Failed, "failed"), (FamilyState.NotMade, "not made"), (FamilyState.Earlier, "earlier")];

    /// <summary>An index.</summary>
    public FamilyIndex(string family, IReadOnlyList<FamilyEntry> entries) => (Family, Entries) = (family, entries);

    /// <summary>The family's name.</summary>
    public string Family { get; }

    /// <summary>Its models: starts, variants in the recipe's order, then earlier ones.</summary>
    public IReadOnlyList<FamilyEntry> Entries { get; }

    /// <summary>How a state is written.</summary>
    public static string WordOf(FamilyState state) => Words.First(w => w.State == state).Word;

    /// <summary>Reads the index of a folder; null when it has none.</summary>
    /// <exception cref="AuditException">Invalid: damaged, or of a newer version.</exception>
    public static FamilyIndex? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        var fields = JsonFields.Parse(File.ReadAllText(path), path);
        if (fields.RequiredText("schema") is not Schema and var schema) throw fields.Wrong("schema", $"'{schema}'", $"'{Schema}'");
        var index = new FamilyIndex(fields.RequiredText("family"), [.. fields.List("models").Select(m => Entry(new JsonFields(m.Element, m.Where)))]);
        fields.Done();
        return index;
    }

    /// <summary>Writes the index, whole or not at all.</summary>
    /// <exception cref="AuditException">Environment: the disk.</exception>
    public void Write(string folder) => AtomicFile.WriteBytes(Path.Combine(folder, FileName), JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString("family", Family);
        json.WriteObjects("models", Entries, entry => WriteEntry(entry, json));
        json.WriteEndObject();
    }));

    /// <summary>Writes an entry's fields.</summary>
    internal static void WriteEntry(FamilyEntry entry, Utf8JsonWriter json)
    {
        json.WriteString("name", entry.Name);
        json.WriteString("file", entry.Name + ".onnx");
        json.WriteString("state", WordOf(entry.State));
        if (entry.Sha256 is { } sha) json.WriteString("sha256", sha);
        if (entry.Operation is { } operation)
        {
            json.WriteTexts("of", entry.Sources);
            json.WriteString("operation", operation);
            json.WriteEmbedded("arguments", entry.Arguments!);
        }

        if (entry.Key is { } key) json.WriteString("key", key);
        if (entry.Error is { } error) json.WriteString("error", error);
    }

    private static FamilyEntry Entry(JsonFields fields)
    {
        var state = fields.RequiredText("state");
        if (Words.FirstOrDefault(w => w.Word == state) is not { Word: not null } word) throw fields.Wrong("state", $"'{state}'", string.Join(", ", Words.Select(w => w.Word)));
        var entry = new FamilyEntry(fields.RequiredText("name"), word.State, fields.Texts("of"), fields.Text("operation"), fields.Element("arguments")?.GetRawText())
        {
            Sha256 = fields.Text("sha256"),
            Key = fields.Text("key"),
            Error = fields.Text("error"),
        };
        fields.RequiredText("file");
        fields.Done();
        if (entry.Operation is null != entry.Arguments is null) throw fields.Wrong("arguments", entry.Arguments is null ? "nothing" : "arguments without an operation", "both or none");
        return entry;
    }
}
