using System.Text;

namespace OnnxAudit.Reports;

/// <summary>Plain text for a terminal or a file: headings, lines, label-and-value pairs, tables.</summary>
/// <param name="output">Where it goes.</param>
/// <param name="width">Columns of the page; null: nothing is wrapped or cut.</param>
/// <param name="styled">Whether <paramref name="output"/> takes escape sequences.</param>
public sealed class TextPage(TextWriter output, int? width, bool styled)
{
    private const int Indent = 2;

    /// <summary>A heading.</summary>
    public void Heading(string text) => output.WriteLine(styled ? $"\e[1m{Printable(text)}\e[0m" : Printable(text));

    /// <summary>A line, wrapped at words.</summary>
    public void Line(string text = "")
    {
        foreach (var line in Wrapped(Printable(text), width ?? int.MaxValue)) output.WriteLine(line);
    }

    /// <summary>Labels in a column, values beside them, wrapped at words.</summary>
    public void Pairs(IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        if (pairs.Count == 0) return;
        var labels = pairs.Max(p => p.Key.Length) + 2;
        foreach (var (label, value) in pairs)
        {
            var room = width is { } w ? Math.Max(20, w - Indent - labels) : int.MaxValue;
            var first = true;
            foreach (var line in Wrapped(Printable(value), room))
            {
                output.Write(new string(' ', Indent));
                output.Write(styled && first ? $"\e[2m{label.PadRight(labels)}\e[0m" : (first ? label : "").PadRight(labels));
                output.WriteLine(line);
                first = false;
            }
        }
    }

    /// <summary>A text behind <paramref name="first"/>, wrapped at words, or within one where no line holds it, with <paramref name="rest"/> before each further line.</summary>
    public void Hung(string first, string rest, string text)
    {
        var room = width is { } w ? Math.Max(16, w - Math.Max(first.Length, rest.Length)) : int.MaxValue;
        var prefix = first;
        foreach (var line in Wrapped(Printable(text), room))
        {
            for (var at = 0; at < line.Length; at += room)
            {
                output.Write(prefix);
                output.WriteLine(line.AsSpan(at, Math.Min(room, line.Length - at)));
                prefix = rest;
            }
        }
    }

    /// <summary>A table.</summary>
    public void Table(TextTable table)
    {
        var first = true;
        foreach (var line in table.Lines(width is { } w ? w - Indent : null))
        {
            output.WriteLine(styled && first ? $"{new string(' ', Indent)}\e[2m{line}\e[0m" : new string(' ', Indent) + line);
            first = false;
        }
    }

    /// <summary>The text with '?' for control characters (names come from strangers' files), line ends and tabs excepted.</summary>
    public static string Printable(string text) => text.Any(IsHidden) ? string.Concat(text.Select(c => IsHidden(c) ? '?' : c)) : text;

    private static bool IsHidden(char c) => char.IsControl(c) && c is not ('\n' or '\t');

    private static IEnumerable<string> Wrapped(string text, int room)
    {
        foreach (var paragraph in text.Split('\n'))
        {
            if (paragraph.Length <= room)
            {
                yield return paragraph;
                continue;
            }

            var line = new StringBuilder();
            foreach (var word in paragraph.Split(' '))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > room)
                {
                    yield return line.ToString();
                    line.Clear();
                }

                if (line.Length > 0) line.Append(' ');
                line.Append(word);
            }

            yield return line.ToString();
        }
    }
}
