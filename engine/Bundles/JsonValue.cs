using System.Globalization;
using System.Text.Json;

namespace OnnxAudit.Bundles;

/// <summary>Parameter values between recipes, which hold texts, and lists, which hold JSON.</summary>
internal static class JsonValue
{
    /// <summary>A number where the text is one as this program writes numbers, so that reading gives the same text; else a string.</summary>
    internal static JsonElement Of(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
        && number.ToString("R", CultureInfo.InvariantCulture) == text && !text.Contains('+', StringComparison.Ordinal)
            ? JsonElement.Parse(text) : Quoted(text);

    /// <summary>A string's own text; anything else as JSON.</summary>
    internal static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static JsonElement Quoted(string text) => JsonElement.Parse($"\"{JsonEncodedText.Encode(text)}\"");
}
