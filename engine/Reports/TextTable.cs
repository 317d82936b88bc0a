using System.Text;

namespace OnnxAudit.Reports;

/// <summary>How a column of a <see cref="TextTable"/> stands.</summary>
public enum TextAlign
{
    /// <summary>Text.</summary>
    Left,

    /// <summary>Numbers, flush right.</summary>
    Right,

    /// <summary>Text that may lose its middle where room is short.</summary>
    Shrink,
}

/// <summary>
/// A table of text: columns as wide as their content, two spaces between. Where the page is narrower, the longest cells of the columns marked
/// <see cref="TextAlign.Shrink"/> lose the start they all share, then their middle; without a width nothing is cut.
/// </summary>
public sealed class TextTable
{
    private const int Gap = 2;
    private const int Narrowest = 8;
    private readonly (string Name, TextAlign Align)[] _columns;
    private readonly List<string[]> _rows = [];

    /// <summary>A table with these columns.</summary>
    public TextTable(params (string Name, TextAlign Align)[] columns) => _columns = columns;

    /// <summary>Rows so far.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a row: a cell a column. Control characters are replaced.</summary>
    public void Add(params string[] cells)
    {
        if (cells.Length != _columns.Length) throw new ArgumentException($"{cells.Length} cells for {_columns.Length} columns", nameof(cells));
        _rows.Add([.. cells.Select(c => TextPage.Printable(c).Replace('\n', ' ').Replace('\t', ' '))]);
    }

    /// <summary>Heading and rows as lines of at most <paramref name="width"/> columns where that can be had; null: as wide as they are.</summary>
    public IEnumerable<string> Lines(int? width)
    {
        var widths = Widths(width);
        yield return Row([.. _columns.Select(c => c.Name)], widths);
        foreach (var row in _rows) yield return Row(row, widths);
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
        for (var i = 0; i < widths.Length && Total() > width; i++)
            if (_columns[i].Align == TextAlign.Shrink) widths[i] = Math.Max(_columns[i].Name.Length, _rows.Select(r => WithoutStart(r[i], i).Length).DefaultIfEmpty(0).Max());
        while (Total() > width)
        {
            var widest = -1;
            for (var i = 0; i < widths.Length; i++)
                if (_columns[i].Align == TextAlign.Shrink && widths[i] > Narrowest && (widest < 0 || widths[i] > widths[widest])) widest = i;
            if (widest < 0) break;
            widths[widest]--;
        }

        return widths;

        int Total() => widths.Sum() + Gap * (widths.Length - 1);
    }

    /// <summary>A cell cut to its column: first the start that all cells of the column share goes, then the middle.</summary>
    private string Cut(string cell, int column, int width) => cell.Length <= width ? cell : Shorten(WithoutStart(cell, column), width);

    private string WithoutStart(string cell, int column)
    {
        var shared = _rows.Count > 1 ? _rows.Min(r => r[column].AsSpan().CommonPrefixLength(_rows[0][column])) : 0;
        return shared > 1 && shared < cell.Length ? "…" + cell[shared..] : cell;
    }

    private string Row(string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            var cell = Cut(cells[i], i, widths[i]);
            line.Append(_columns[i].Align == TextAlign.Right ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])).Append(' ', Gap);
        }

        return line.ToString().TrimEnd();
    }
}
