using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace OnnxAudit.Cli;

/// <summary>
/// YAML turned into the JSON the engine reads. Plain scalars by the YAML 1.2 core schema (null, true/false, integers, floats; else text),
/// quoted ones are text; anchors are followed; duplicate keys, depth beyond 64 and more than 100,000 nodes are refused.
/// A file whose name ends in .json is passed through unread.
/// </summary>
internal static partial class YamlJson
{
    private const int DeepestNesting = 64;
    private const int MostNodes = 100_000;
    private const long LargestFile = 16 << 20;

    /// <summary>Reads a file as JSON text.</summary>
    /// <exception cref="AuditException">Invalid: missing, too large, or not YAML.</exception>
    public static string ReadFile(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > LargestFile)
                throw new AuditException(AuditCode.Invalid, path, "more than 16 MiB", "a settings file", "Check that the path names the right file.");
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(AuditCode.Invalid, path, e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : e.Message,
                "a readable YAML or JSON file", "Check the path and its permissions.", e);
        }

        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? text : Convert(text, path);
    }

    /// <summary>Turns YAML text into JSON text. <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="AuditException">Invalid: not well-formed, several documents, duplicate keys, or too deep.</exception>
    public static string Convert(string yaml, string source)
    {
        var stream = new YamlStream();
        try
        {
            CheckNesting(yaml, source);
            stream.Load(new Parser(new StringReader(yaml)));
        }
        catch (YamlException e)
        {
            throw Bad(source, e.Start, e.InnerException?.Message ?? e.Message, "well-formed YAML without duplicate keys");
        }

        if (stream.Documents.Count != 1) throw Bad(source, Mark.Empty, $"{stream.Documents.Count} documents", "one");
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            var nodes = 0;
            Write(json, stream.Documents[0].RootNode, source, 0, ref nodes);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads events only, in constant stack: the node model recurses, so depth is refused before it is built.</summary>
    private static void CheckNesting(string yaml, string source)
    {
        var parser = new Parser(new StringReader(yaml));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DeepestNesting) throw Bad(source, parser.Current.Start, "nesting deeper than 64", "at most 64 levels");
        }
    }

    private static void Write(Utf8JsonWriter json, YamlNode node, string source, int depth, ref int nodes)
    {
        if (depth > DeepestNesting) throw Bad(source, node.Start, "nesting deeper than 64", "at most 64 levels");
        if (++nodes > MostNodes) throw Bad(source, node.Start, "more than 100000 nodes (anchors counted at each use)", "a settings file");
        switch (node)
        {
            case YamlMappingNode mapping:
                json.WriteStartObject();
                foreach (var (key, value) in mapping.Children)
                {
                    if (key is not YamlScalarNode { Value: { } name }) throw Bad(source, key.Start, "a key that is a list or mapping", "a text key");
                    json.WritePropertyName(name);
                    Write(json, value, source, depth + 1, ref nodes);
                }

                json.WriteEndObject();
                break;
            case YamlSequenceNode sequence:
                json.WriteStartArray();
                foreach (var item in sequence.Children) Write(json, item, source, depth + 1, ref nodes);
                json.WriteEndArray();
                break;
            case YamlScalarNode scalar:
                WriteScalar(json, scalar, source);
                break;
            default:
                throw Bad(source, node.Start, node.NodeType.ToString(), "a mapping, list or scalar");
        }
    }

    private static void WriteScalar(Utf8JsonWriter json, YamlScalarNode scalar, string source)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain) json.WriteStringValue(text);
        else if (text is "" or "~" or "null" or "Null" or "NULL") json.WriteNullValue();
        else if (text is "true" or "True" or "TRUE") json.WriteBooleanValue(true);
        else if (text is "false" or "False" or "FALSE") json.WriteBooleanValue(false);
        else if (Decimals().IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) json.WriteNumberValue(integer);
        else if (Based().IsMatch(text)) json.WriteNumberValue(OfBase(text, scalar, source));
        else if (Floats().IsMatch(text) && double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) is var number && double.IsFinite(number)) json.WriteNumberValue(number);
        else if (Floats().IsMatch(text) || Endless().IsMatch(text)) throw Bad(source, scalar.Start, $"'{text}'", "a finite number");
        else json.WriteStringValue(text);
    }

    private static long OfBase(string text, YamlScalarNode scalar, string source)
    {
        try
        {
            return System.Convert.ToInt64(text[2..], text[1] == 'x' ? 16 : 8);
        }
        catch (OverflowException)
        {
            throw Bad(source, scalar.Start, $"'{text}'", "a whole number of 64 bits");
        }
    }

    private static AuditException Bad(string source, Mark at, string found, string expected) =>
        new(AuditCode.Invalid, at.Line > 0 ? FormattableString.Invariant($"{source}, line {at.Line}, column {at.Column}") : source, found, expected, "Mend the file at the place named.");

    [GeneratedRegex(@"^[-+]?[0-9]+$")]
    private static partial Regex Decimals();

    [GeneratedRegex(@"^0(o[0-7]+|x[0-9a-fA-F]+)$")]
    private static partial Regex Based();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Floats();

    [GeneratedRegex(@"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")]
    private static partial Regex Endless();
}
