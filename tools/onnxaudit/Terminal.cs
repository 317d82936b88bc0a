using System.Buffers;
using System.Text;
using System.Text.Json;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli;

/// <summary>Where a verb writes: results to <see cref="Out"/>, everything else to <see cref="Error"/>.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Diagnostics and progress.</param>
/// <param name="OutWidth">Columns of the terminal that shows <see cref="Out"/>; null when it is redirected, and nothing is cut.</param>
/// <param name="ErrorIsTerminal">Progress is drawn only then.</param>
/// <param name="Colour">Whether <see cref="Out"/> takes escape sequences.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, int? OutWidth, bool ErrorIsTerminal, bool Colour)
{
    /// <summary>The process's own streams, UTF-8. NO_COLOR and TERM=dumb turn colour off.</summary>
    public static Terminal OfProcess()
    {
        var onTerminal = !Console.IsOutputRedirected;
        var dumb = Environment.GetEnvironmentVariable("TERM") is null or "dumb" || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        return new Terminal(Writer(Console.OpenStandardOutput(), autoFlush: onTerminal), Writer(Console.OpenStandardError(), autoFlush: true),
            onTerminal ? WindowWidth() : null, !Console.IsErrorRedirected, onTerminal && !dumb);
    }

    /// <summary>Results as text for people.</summary>
    public TextPage Page { get; } = new(Out, OutWidth, Colour);

    /// <summary>Writes a diagnostic line.</summary>
    public void Remark(string text) => Error.WriteLine(TextPage.Printable(text));

    /// <summary>Writes an error.</summary>
    public void Complain(string text) => Error.WriteLine($"error: {TextPage.Printable(text)}");

    /// <summary>Writes one JSON object whose first field is its schema, and a line end.</summary>
    public void Json(string schema, Action<Utf8JsonWriter> write) => Out.WriteLine(JsonText(schema, write));

    /// <summary>The text that <see cref="Json"/> writes.</summary>
    public static string JsonText(string schema, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("schema", schema);
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static StreamWriter Writer(Stream stream, bool autoFlush) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = autoFlush, NewLine = "\n" };

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth is > 20 and var width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
