using System.Globalization;

namespace OnnxAudit.Runs;

/// <summary>
/// Metrics of the user's own, joined to variants from a CSV: a header "variant,NAME,NAME…", then a row a variant.
/// They appear in the "all" slice of every cell of the variant as "user.NAME".
/// </summary>
public sealed class UserMetrics
{
    private readonly Dictionary<string, IReadOnlyList<KeyValuePair<string, double>>> _byVariant = new(StringComparer.Ordinal);

    /// <summary>No metrics.</summary>
    public static UserMetrics None { get; } = new();

    /// <summary>The metrics of a variant; empty when the file has none for it.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Of(string variant) => _byVariant.GetValueOrDefault(variant) ?? [];

    /// <summary>Reads a CSV file; an empty cell leaves that metric out.</summary>
    /// <exception cref="AuditException">Invalid: no such file, bad header, a row for an unknown or repeated variant, or a cell that is no number.</exception>
    public static UserMetrics Read(string path, IReadOnlyCollection<string> variants)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(AuditCode.Invalid, path, e.Message, "a CSV of metrics", "Check the path given with --metrics.", e);
        }

        var metrics = new UserMetrics();
        var header = lines.Length == 0 ? [] : Cells(lines[0]);
        if (header.Length < 2 || header[0] != "variant" || header.Skip(1).Any(h => h.Length == 0) || header.Distinct().Count() != header.Length)
            throw Bad(path, 1, $"header '{(lines.Length == 0 ? "" : lines[0])}'", "'variant' and one metric name or more, each once");
        for (var line = 1; line < lines.Length; line++)
            if (lines[line].Trim().Length > 0) metrics.AddRow(path, line + 1, header, Cells(lines[line]), variants);
        return metrics;
    }

    private void AddRow(string path, int line, string[] header, string[] cells, IReadOnlyCollection<string> variants)
    {
        if (cells.Length != header.Length) throw Bad(path, line, $"{cells.Length} cells", $"{header.Length}, as in the header");
        if (!variants.Contains(cells[0])) throw Bad(path, line, $"variant '{cells[0]}'", $"one of {string.Join(", ", variants)}");
        var row = new List<KeyValuePair<string, double>>();
        for (var c = 1; c < cells.Length; c++)
        {
            if (cells[c].Length == 0) continue;
            if (!double.TryParse(cells[c], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
                throw Bad(path, line, $"'{cells[c]}' for {header[c]}", "a finite number with a decimal point, or nothing");
            row.Add(new("user." + header[c], value));
        }

        if (!_byVariant.TryAdd(cells[0], row)) throw Bad(path, line, $"variant '{cells[0]}' again", "one row a variant");
    }

    private static string[] Cells(string line) => [.. line.TrimStart('\uFEFF').Split(',').Select(c => c.Trim().Trim('"'))];

    private static AuditException Bad(string path, int line, string found, string expected) =>
        new(AuditCode.Invalid, FormattableString.Invariant($"{path}, line {line}"), found, expected, "Mend the row.");
}
