using System.Text.Json;

namespace OnnxAudit.Files;

/// <summary>
/// Refuses what well-formed JSON may hold and no reader agrees on: a key that an object has twice, and a key or text with half a character
/// (an escape such as \ud800 without its pair), which is not Unicode text.
/// </summary>
internal static class JsonTexts
{
    /// <summary>Walks a whole document; <paramref name="where"/> names its place ("plan.yaml").</summary>
    /// <exception cref="AuditException">Invalid: names the place of the key or text.</exception>
    internal static void Check(JsonElement element, string where)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                var i = 0;
                foreach (var item in element.EnumerateArray()) Check(item, FormattableString.Invariant($"{where}[{i++}]"));
                break;
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.Ordinal);
                foreach (var field in element.EnumerateObject())
                {
                    var name = Whole(() => field.Name, where, "a key");
                    var place = $"{where}, {name}";
                    if (!names.Add(name)) throw new AuditException(AuditCode.Invalid, place, "the key a second time", "each key once", "Remove one of the two.");
                    Check(field.Value, place);
                }

                break;
            case JsonValueKind.String:
                Whole(element.GetString, where, "a text");
                break;
            default:
                break;
        }
    }

    private static string Whole(Func<string?> text, string where, string what)
    {
        try
        {
            return text()!;
        }
        catch (InvalidOperationException e)
        {
            throw new AuditException(AuditCode.Invalid, where, $"{what} with half a character", "whole Unicode characters", "Write both \\u escapes of the character, or the character itself.", e);
        }
    }
}
