using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Bundles;

/// <summary>Reads the JSON files of a bundle: whole, bounded, without duplicate keys; and the required fields <see cref="JsonFields"/> leaves to its callers.</summary>
internal static class BundleJson
{
    /// <summary>All bytes of a file of at most <see cref="BundleLayout.JsonLimit"/>.</summary>
    /// <exception cref="AuditException">Invalid: missing, unreadable or too long.</exception>
    internal static byte[] ReadBytes(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            if (stream.Length > BundleLayout.JsonLimit)
                throw new AuditException(AuditCode.Invalid, path, FormattableString.Invariant($"{stream.Length} bytes"),
                    FormattableString.Invariant($"at most {BundleLayout.JsonLimit}"), "The file is not what its name says; make the bundle again.");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(AuditCode.Invalid, path, e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : e.Message,
                "a readable JSON file", "Check the path and its permissions, or make the bundle again.", e);
        }
    }

    /// <summary>The root object.</summary>
    /// <exception cref="AuditException">Invalid: not a JSON object, a key twice, or a text with half a character.</exception>
    internal static JsonFields Parse(string path, byte[] utf8)
    {
        try
        {
            var root = JsonElement.Parse(utf8);
            JsonTexts.Check(root, path);
            return new JsonFields(root, path);
        }
        catch (JsonException e)
        {
            throw new AuditException(AuditCode.Invalid, path, $"damaged JSON ({e.Message})", "a JSON document", "Copy the bundle again or make it again.", e);
        }
    }

    internal static JsonFields RequiredObject(this JsonFields at, string name) => at.Object(name) ?? throw at.Wrong(name, "nothing", "an object");

    internal static long RequiredInteger(this JsonFields at, string name, long min, long max) =>
        at.Integer(name, min, max) ?? throw at.Wrong(name, "nothing", "a whole number");

    internal static int RequiredInt32(this JsonFields at, string name, int min) => (int)at.RequiredInteger(name, min, int.MaxValue);

    internal static ulong RequiredUInt64(this JsonFields at, string name) =>
        at.Element(name) is { ValueKind: JsonValueKind.Number } e && e.TryGetUInt64(out var value) ? value
            : throw at.Wrong(name, at.Element(name) is { } found ? JsonFields.Shown(found) : "nothing", "a whole number from 0 to 2^64-1");

    internal static string RequiredSha256(this JsonFields at, string name)
    {
        var text = at.RequiredText(name);
        return text.Length == 64 && text.All(char.IsAsciiHexDigitLower) ? text : throw at.Wrong(name, $"'{text}'", "a SHA-256 of 64 lower-case hex digits");
    }

    internal static string RequiredName(this JsonFields at, string name)
    {
        var text = at.RequiredText(name);
        return BundleLayout.IsName(text) ? text
            : throw at.Wrong(name, $"'{text}'", "at most 200 letters, digits, '.', '_' and '-', not starting with '.'");
    }

    internal static string RawJson(this JsonFields at, string name) => at.Element(name)?.GetRawText() ?? "null";

    internal static IEnumerable<JsonFields> Objects(this JsonFields at, string name) =>
        Array(at, name).EnumerateArray().Select((item, i) => new JsonFields(item, FormattableString.Invariant($"{at.Where}, {name}[{i}]")));

    internal static long[] Integers(this JsonFields at, string name, long min) =>
        [.. Array(at, name).EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var value) && value >= min
            ? value : throw at.Wrong(name, JsonFields.Shown(item), FormattableString.Invariant($"whole numbers of at least {min}")))];

    /// <summary>Every field as a number, in file order; null reads as NaN.</summary>
    internal static KeyValuePair<string, double>[] NumbersByName(this JsonFields at) =>
        [.. at.Names().Select(name => new KeyValuePair<string, double>(name, at.Number(name) ?? double.NaN))];

    private static JsonElement Array(JsonFields at, string name) => at.Element(name) is { ValueKind: JsonValueKind.Array } array ? array
        : throw at.Wrong(name, at.Element(name) is { } found ? JsonFields.Shown(found) : "nothing", "a list");
}
