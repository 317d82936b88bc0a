namespace OnnxAudit.Comparison.Robustness;

/// <summary>The error of one model on one corruption at one severity.</summary>
/// <param name="Corruption">Name, as the table of corruptions has it.</param>
/// <param name="Severity">1 to 5.</param>
/// <param name="Error">Share misclassified, 0 to 1.</param>
public readonly record struct CorruptionError(string Corruption, int Severity, double Error);

/// <summary>A mean error over severities, or over corruptions.</summary>
/// <param name="Name">The corruption, or which mean.</param>
/// <param name="Cells">Cells it is over.</param>
/// <param name="Error">Mean error, 0 to 1.</param>
/// <param name="Ratio">Summed errors over the reference model's: the corruption error CE. NaN without a reference, with other cells, or where it makes no error.</param>
/// <param name="Relative">The same with both models' clean error taken off: the relative CE.</param>
public sealed record CorruptionSummary(string Name, int Cells, double Error, double Ratio, double Relative);

/// <summary>
/// Mean corruption errors: CE_c = Σ_s E_{s,c} / Σ_s E^ref_{s,c}, relative CE_c = Σ_s (E_{s,c} − E_clean) / Σ_s (E^ref_{s,c} − E^ref_clean), and their means
/// over corruptions. Source: D. Hendrycks and T. Dietterich, arXiv:1903.12261, §4.
/// </summary>
public static class CorruptionErrors
{
    /// <summary>A summary a corruption, in the order they come. clean: error on clean data, NaN when unknown; the reference's cells are matched by corruption and severity.</summary>
    /// <exception cref="ArgumentException">A cell stands twice.</exception>
    public static IReadOnlyList<CorruptionSummary> ByCorruption(
        IReadOnlyList<CorruptionError> errors, double clean, IReadOnlyList<CorruptionError>? reference = null, double referenceClean = double.NaN)
    {
        var before = ByCell(reference ?? []);
        _ = ByCell(errors);
        return [.. errors.GroupBy(e => e.Corruption).Select(group =>
        {
            double sum = 0, other = 0;
            foreach (var cell in group)
            {
                sum += cell.Error;
                other += before.GetValueOrDefault((cell.Corruption, cell.Severity), double.NaN);
            }

            var n = group.Count();
            return new CorruptionSummary(group.Key, n, sum / n, Ratio(sum, other), Ratio(sum - n * clean, other - n * referenceClean));
        })];
    }

    /// <summary>The mean of the summaries of <paramref name="corruptions"/>; every figure NaN, with 0 cells, when one of them is not there.</summary>
    public static CorruptionSummary Mean(string name, IReadOnlyList<CorruptionSummary> summaries, IReadOnlyCollection<string> corruptions)
    {
        CorruptionSummary[] chosen = [.. summaries.Where(s => corruptions.Contains(s.Name))];
        return chosen.Length < corruptions.Count || chosen.Length == 0 ? new CorruptionSummary(name, 0, double.NaN, double.NaN, double.NaN)
            : new CorruptionSummary(name, chosen.Sum(s => s.Cells), chosen.Average(s => s.Error), chosen.Average(s => s.Ratio), chosen.Average(s => s.Relative));
    }

    /// <summary>The mean error at every severity over the corruptions that have it, by severity.</summary>
    public static IReadOnlyList<(int Severity, int Cells, double Error)> BySeverity(IReadOnlyList<CorruptionError> errors) =>
        [.. errors.GroupBy(e => e.Severity).OrderBy(g => g.Key).Select(g => (g.Key, g.Count(), g.Average(e => e.Error)))];

    private static double Ratio(double sum, double reference) => reference == 0 ? double.NaN : sum / reference;

    private static Dictionary<(string, int), double> ByCell(IReadOnlyList<CorruptionError> errors)
    {
        var cells = new Dictionary<(string, int), double>();
        foreach (var cell in errors)
            if (!cells.TryAdd((cell.Corruption, cell.Severity), cell.Error)) throw new ArgumentException($"{cell.Corruption} at severity {cell.Severity} twice", nameof(errors));
        return cells;
    }
}
