using System.Text.Json;

namespace OnnxAudit.Files;

/// <summary>
/// Reads one JSON object strictly: every field is asked for by name, a wrong kind is an error that names the place, and
/// <see cref="Done"/> refuses fields nobody asked for. All errors are <see cref="AuditCode.Invalid"/>.
/// </summary>
public sealed class JsonFields
{
    private readonly JsonElement _object;
    private readonly string _where;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>Reads <paramref name="element"/>, which must be an object; <paramref name="where"/> names file and place ("plan.yaml, models[1]").</summary>
    public JsonFields(JsonElement element, string where)
    {
        _where = where;
        if (element.ValueKind != JsonValueKind.Object) throw Wrong(where, Shown(element), "an object", "Write it as key: value pairs.");
        _object = element;
    }

    /// <summary>Parses a document's root object. Comments and trailing commas are refused, as JSON asks, and so is all that <see cref="JsonTexts"/> refuses: repeated keys, half characters.</summary>
    public static JsonFields Parse(string json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
            JsonTexts.Check(document.RootElement, source);
            return new JsonFields(document.RootElement.Clone(), source);
        }
        catch (JsonException e)
        {
            throw new AuditException(AuditCode.Invalid, source, e.Message, "well-formed JSON or YAML", "Mend the file at the place named.", e);
        }
    }

    /// <summary>Where this object stands, for messages.</summary>
    public string Where => _where;

    /// <summary>The field, or null when absent or null.</summary>
    public JsonElement? Element(string name)
    {
        _asked.Add(name);
        return _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>A string, or null when absent.</summary>
    public string? Text(string name) => Element(name) is not { } e ? null
        : e.ValueKind == JsonValueKind.String ? e.GetString() : throw Wrong(Place(name), Shown(e), "a string", "Put it in quotes.");

    /// <summary>A string that must be there.</summary>
    public string RequiredText(string name) => Text(name) ?? throw Wrong(Place(name), "nothing", "a string", $"Add '{name}'.");

    /// <summary>A finite number, or null when absent.</summary>
    public double? Number(string name) => Element(name) is not { } e ? null
        : e.ValueKind == JsonValueKind.Number && e.TryGetDouble(out var d) && double.IsFinite(d) ? d : throw Wrong(Place(name), Shown(e), "a finite number", "Write a number without quotes.");

    /// <summary>A whole number within bounds, or null when absent.</summary>
    public long? Integer(string name, long min, long max) => Element(name) is not { } e ? null
        : e.ValueKind == JsonValueKind.Number && e.TryGetInt64(out var i) && i >= min && i <= max ? i
        : throw Wrong(Place(name), Shown(e), FormattableString.Invariant($"a whole number from {min} to {max}"), "Change the value.");

    /// <summary>A truth value, or null when absent.</summary>
    public bool? Flag(string name) => Element(name) is not { } e ? null
        : e.ValueKind is JsonValueKind.True or JsonValueKind.False ? e.GetBoolean() : throw Wrong(Place(name), Shown(e), "true or false", "Write it without quotes.");

    /// <summary>The elements of a list with the place of each; a lone value counts as a list of one; empty when absent.</summary>
    public IReadOnlyList<(JsonElement Element, string Where)> List(string name)
    {
        if (Element(name) is not { } e) return [];
        return e.ValueKind != JsonValueKind.Array ? [(e, Place(name))]
            : [.. e.EnumerateArray().Select((item, i) => (item, FormattableString.Invariant($"{Place(name)}[{i}]")))];
    }

    /// <summary>A list of strings; empty when absent.</summary>
    public IReadOnlyList<string> Texts(string name) => [.. List(name).Select(item =>
        item.Element.ValueKind == JsonValueKind.String ? item.Element.GetString()! : throw Wrong(item.Where, Shown(item.Element), "a string", "Put it in quotes."))];

    /// <summary>A list of finite numbers; empty when absent.</summary>
    public IReadOnlyList<double> Numbers(string name) => [.. List(name).Select(item =>
        item.Element.ValueKind == JsonValueKind.Number && item.Element.TryGetDouble(out var d) && double.IsFinite(d) ? d
        : throw Wrong(item.Where, Shown(item.Element), "a finite number", "Write a number without quotes."))];

    /// <summary>A nested object's fields, or null when absent.</summary>
    public JsonFields? Object(string name) => Element(name) is { } e ? new JsonFields(e, Place(name)) : null;

    /// <summary>Names of the fields nobody asked for so far.</summary>
    public IReadOnlyList<string> Unasked => [.. _object.EnumerateObject().Select(p => p.Name).Where(n => !_asked.Contains(n))];

    /// <summary>Names of all fields, each counted as asked for.</summary>
    public IReadOnlyList<string> Names()
    {
        var names = _object.EnumerateObject().Select(p => p.Name).ToArray();
        _asked.UnionWith(names);
        return names;
    }

    /// <summary>Refuses fields nobody asked for.</summary>
    public void Done()
    {
        if (Unasked is [var first, ..])
            throw Wrong(Place(first), "an unknown key", $"one of {string.Join(", ", _asked.Order(StringComparer.Ordinal))}", "Correct the spelling or remove the key.");
    }

    /// <summary>The error for a field of this object.</summary>
    public AuditException Wrong(string name, string found, string expected) => Wrong(Place(name), found, expected, "Change the value.");

    /// <summary>How an element reads in an error: its JSON, cut at 60 characters.</summary>
    public static string Shown(JsonElement element) => element.GetRawText() is { Length: > 60 } raw ? raw[..57] + "…" : element.GetRawText();

    private string Place(string name) => $"{_where}, {name}";

    private static AuditException Wrong(string where, string found, string expected, string fix) => new(AuditCode.Invalid, where, found, expected, fix);
}
