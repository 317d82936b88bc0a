using System.Text;

namespace OnnxAudit.Data;

/// <summary>One row of a CSV file; fields by column name.</summary>
public sealed class CsvRow
{
    private readonly IReadOnlyDictionary<string, int> _columns;

    internal CsvRow(string path, int line, IReadOnlyDictionary<string, int> columns, IReadOnlyList<string> fields) =>
        (Where, _columns, Fields) = (FormattableString.Invariant($"{path}, line {line}"), columns, fields);

    /// <summary>File and line.</summary>
    public string Where { get; }

    /// <summary>All fields in the file's order.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>The field of a column that was asked for.</summary>
    public string this[string column] => Fields[_columns[column]];

    /// <summary>The error for this row.</summary>
    public AuditException Bad(string found, string expected, string fix) => new(AuditCode.Invalid, Where, found, expected, fix);
}

/// <summary>Reads comma-separated values (RFC 4180, UTF-8) row by row. Fields in quotes may hold commas and doubled quotes, not line breaks.</summary>
public static class CsvRows
{
    private const int LongestLine = 1 << 20;

    /// <summary>The rows after the header. Columns beyond <paramref name="columns"/> are let be; blank lines are passed over.</summary>
    /// <exception cref="AuditException">Invalid: not readable, a column missing, or a row with another number of fields; names file and line.</exception>
    public static IEnumerable<CsvRow> Read(string path, IReadOnlyList<string> columns)
    {
        Dictionary<string, int>? at = null;
        foreach (var (line, fields) in Lines(path))
        {
            if (at is null) at = Header(fields, columns, path, line);
            else yield return new CsvRow(path, line, at, fields);
        }
    }

    /// <summary>All rows, the header first, for files whose columns are not known beforehand; blank lines are passed over.</summary>
    /// <exception cref="AuditException">Invalid: not readable, or a row with another number of fields than the header; names file and line.</exception>
    public static IEnumerable<CsvRow> Read(string path)
    {
        var none = new Dictionary<string, int>();
        foreach (var (line, fields) in Lines(path)) yield return new CsvRow(path, line, none, fields);
    }

    private static IEnumerable<(int Line, List<string> Fields)> Lines(string path)
    {
        using var reader = Open(path);
        var line = 0;
        var width = 0;
        while (NextLine(reader, path, ++line) is { } text)
        {
            if (text.Trim().Length == 0) continue;
            var fields = Fields(text, path, line);
            if (width == 0) width = fields.Count;
            if (fields.Count != width)
                throw Wrong(path, line, FormattableString.Invariant($"{fields.Count} fields"), FormattableString.Invariant($"the header's {width}"), "Put values that hold commas in quotes.");
            yield return (line, fields);
        }

        if (width == 0) throw DataFault.Empty(path);
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path, new UTF8Encoding(false, true), detectEncodingFromByteOrderMarks: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFault.Unreadable(path, e);
        }
    }

    private static string? NextLine(StreamReader reader, string path, int line)
    {
        var text = new StringBuilder();
        try
        {
            for (var c = reader.Read(); c >= 0; c = reader.Read())
            {
                if (c == '\n') return text.ToString().TrimEnd('\r');
                text.Append((char)c);
                if (text.Length > LongestLine) throw Wrong(path, line, "a line beyond 1 MiB", "rows of a CSV file", "Check that this is the right file.");
            }
        }
        catch (DecoderFallbackException e)
        {
            throw new AuditException(AuditCode.Invalid, FormattableString.Invariant($"{path}, line {line}"), "bytes that are not UTF-8", "UTF-8 text",
                "Save the file as UTF-8.", e);
        }

        return text.Length == 0 ? null : text.ToString().TrimEnd('\r');
    }

    private static Dictionary<string, int> Header(List<string> fields, IReadOnlyList<string> columns, string path, int line)
    {
        var at = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in columns)
        {
            var index = fields.FindIndex(f => f.Trim() == name);
            if (index < 0) throw Wrong(path, line, $"the columns {string.Join(", ", fields)}", $"a header with {string.Join(", ", columns)}", "Add a first line that names the columns.");
            at.Add(name, index);
        }

        return at;
    }

    private static List<string> Fields(string text, string path, int line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        for (var i = 0; ; i++)
        {
            field.Clear();
            if (i < text.Length && text[i] == '"')
            {
                i = Quoted(text, i + 1, field, path, line);
                if (i < text.Length && text[i] != ',') throw Wrong(path, line, "text after a closing quote", "a comma", "Double quotes inside a quoted value.");
            }
            else
            {
                for (; i < text.Length && text[i] != ','; i++) field.Append(text[i]);
            }

            fields.Add(field.ToString());
            if (i >= text.Length) return fields;
        }
    }

    private static int Quoted(string text, int i, StringBuilder field, string path, int line)
    {
        for (; i < text.Length; i++)
        {
            if (text[i] != '"') field.Append(text[i]);
            else if (i + 1 < text.Length && text[i + 1] == '"') field.Append(text[i++]);
            else return i + 1;
        }

        throw Wrong(path, line, "an open quote", "a closing quote on the same line", "Close the quote.");
    }

    private static AuditException Wrong(string path, int line, string found, string expected, string fix) =>
        new(AuditCode.Invalid, FormattableString.Invariant($"{path}, line {line}"), found, expected, fix);
}
