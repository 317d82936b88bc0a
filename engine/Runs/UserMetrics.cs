using System.Globalization;
using OnnxAudit.Data;

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

    /// <summary>Reads a CSV file as <see cref="CsvRows"/> does, fields trimmed; an empty cell leaves that metric out.</summary>
    /// <exception cref="AuditException">Invalid: no such file, bad header, a row for an unknown or repeated variant, or a cell that is no number.</exception>
    public static UserMetrics Read(string path, IReadOnlyCollection<string> variants)
    {
        var metrics = new UserMetrics();
        string[]? header = null;
        foreach (var row in CsvRows.Read(path))
        {
            var cells = row.Fields.Select(f => f.Trim()).ToArray();
            if (header is null) header = Header(row, cells);
            else metrics.AddRow(row, header, cells, variants);
        }

        return metrics;
    }

    private static string[] Header(CsvRow row, string[] cells) =>
        cells.Length >= 2 && cells[0] == "variant" && cells.All(c => c.Length > 0) && cells.Distinct().Count() == cells.Length ? cells
            : throw row.Bad($"header '{string.Join(',', cells)}'", "'variant' and one metric name or more, each once", "Mend the header.");

    private void AddRow(CsvRow row, string[] header, string[] cells, IReadOnlyCollection<string> variants)
    {
        if (!variants.Contains(cells[0])) throw Bad(row, $"variant '{cells[0]}'", $"one of {string.Join(", ", variants)}");
        var metrics = new List<KeyValuePair<string, double>>();
        for (var c = 1; c < cells.Length; c++)
        {
            if (cells[c].Length == 0) continue;
            if (!double.TryParse(cells[c], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
                throw Bad(row, $"'{cells[c]}' for {header[c]}", "a finite number with a decimal point, or nothing");
            metrics.Add(new("user." + header[c], value));
        }

        if (!_byVariant.TryAdd(cells[0], metrics)) throw Bad(row, $"variant '{cells[0]}' again", "one row a variant");
    }

    private static AuditException Bad(CsvRow row, string found, string expected) => row.Bad(found, expected, "Mend the row.");
}
