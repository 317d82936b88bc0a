using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OnnxAudit.Files;

/// <summary>JSON as this program writes it: indented by two, '\n' line ends, UTF-8 without escapes that need not be, a newline at the end.</summary>
internal static class JsonText
{
    /// <summary>The bytes of what <paramref name="write"/> writes. Equal calls give equal bytes on every machine.</summary>
    internal static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            write(json);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A number, shortest form that reads back the same; NaN and ±Inf as null, which JSON can say.</summary>
    internal static void WriteFinite(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    /// <summary>A string, or null.</summary>
    internal static void WriteTextOrNull(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is null) json.WriteNull(name);
        else json.WriteString(name, value);
    }

    /// <summary>A list of objects; <paramref name="members"/> writes the inside of each.</summary>
    internal static void WriteObjects<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> members)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            members(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>A list of strings.</summary>
    internal static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>Embeds JSON text as a value, re-indented; its own key order and numbers are kept.</summary>
    /// <exception cref="ArgumentException">The text is not JSON.</exception>
    internal static void WriteEmbedded(this Utf8JsonWriter json, string name, string text)
    {
        json.WritePropertyName(name);
        try
        {
            using var document = JsonDocument.Parse(text);
            document.RootElement.WriteTo(json);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"'{name}' is not JSON: {e.Message}", nameof(text), e);
        }
    }
}
