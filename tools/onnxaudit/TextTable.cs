using System.Text;

namespace OnnxAudit.Cli;

/// <summary>
/// A table of text: columns as wide as their content, numbers flush right, two spaces between. Where the terminal is narrower, the columns
/// marked shrinkable lose the middle of their longest cells; redirected, nothing is cut.
/// </summary>
internal sealed class TextTable
{
    private const int Gap = 2;
    private const int Narrowest = 8;
    private readonly (string Name, Align Align)[] _columns;
    private readonly List<string[]> _rows = [];

    /// <summary>A table with these columns.</summary>
    public TextTable(params (string Name, Align Align)[] columns) => _columns = columns;

    /// <summary>How a column stands.</summary>
    public enum Align
    {
        /// <summary>Text.</summary>
        Left,

        /// <summary>Numbers.</summary>
        Right,

        /// <summary>Text that may lose its middle.</summary>
        Shrink,
    }

    /// <summary>Rows so far.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a row: a cell a column.</summary>
    public void Add(params string[] cells)
    {
        if (cells.Length != _columns.Length) throw new ArgumentException($"{cells.Length} cells for {_columns.Length} columns", nameof(cells));
        _rows.Add([.. cells.Select(c => Terminal.Printable(c).Replace('\n', ' ').Replace('\t', ' '))]);
    }

    /// <summary>Writes heading and rows.</summary>
    public void Write(Terminal terminal)
    {
        var widths = Widths(terminal.OutWidth);
        var heading = Row([.. _columns.Select(c => c.Name)], widths);
        terminal.Out.WriteLine(terminal.Colour ? $"\e[2m{heading}\e[0m" : heading);
        foreach (var row in _rows) terminal.Out.WriteLine(Row(row, widths));
    }

    /// <summary>The text with its middle replaced by '…' so that it takes <paramref name="width"/> columns.</summary>
    public static string Shorten(string text, int width)
    {
        if (text.Length <= width) return text;
        var head = (width - 1) / 2;
        return string.Concat(text.AsSpan(0, head), "…", text.AsSpan(text.Length - (width - 1 - head)));
    }

    private int[] Widths(int? available)
    {
        var widths = _columns.Select((c, i) => _rows.Select(r => r[i].Length).Append(c.Name.Length).Max()).ToArray();
        if (available is not { } width) return widths;
        while (widths.Sum() + Gap * (widths.Length - 1) > width)
        {
            var widest = -1;
            for (var i = 0; i < widths.Length; i++)
                if (_columns[i].Align == Align.Shrink && widths[i] > Narrowest && (widest < 0 || widths[i] > widths[widest])) widest = i;
            if (widest < 0) break;
            widths[widest]--;
        }

        return widths;
    }

    private string Row(string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            var cell = Shorten(cells[i], widths[i]);
            line.Append(_columns[i].Align == Align.Right ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])).Append(' ', Gap);
        }

        return line.ToString().TrimEnd();
    }
}
