using System.Globalization;
using OnnxAudit.Bundles;
using OnnxAudit.Comparison.Robustness;
using OnnxAudit.Data;

namespace OnnxAudit.Reports;

/// <summary>Accuracy over a corruption grid: variants by severity, then corruptions by variant, in place of a table a cell.</summary>
internal static class GridText
{
    private const int MostVariants = 5;

    /// <summary>The tables of every dataset that was corrupted.</summary>
    public static void Write(ReportSource source, BundleManifest manifest, TextPage page)
    {
        var corrupted = manifest.Datasets.Where(d => d.Corruption is not null).ToArray();
        foreach (var grid in corrupted.GroupBy(d => DataSpec.CorruptionOf(d.Spec) is null ? d.Spec : d.Spec[..d.Spec.LastIndexOf('#')]))
        {
            var suites = grid.ToDictionary(d => d.Id, d => d.Corruption!, StringComparer.Ordinal);
            var cells = source.Cells.Where(c => suites.ContainsKey(c.Cell.Suite)).ToArray();
            if (cells.Length == 0) continue;
            var errors = cells.Select(c => c.Cell.Variant).Distinct().Select(variant => (Variant: variant, Errors: (IReadOnlyList<CorruptionError>)
                [.. cells.Where(c => c.Cell.Variant == variant).Select(c => new CorruptionError(suites[c.Cell.Suite].Name, suites[c.Cell.Suite].Severity, 1 - c.Metric("accuracy")))])).ToArray();
            var name = manifest.Datasets.FirstOrDefault(d => d.Corruption is null && d.Spec == grid.Key)?.Id ?? grid.Key;
            page.Heading(string.Create(CultureInfo.InvariantCulture, $"{name} corrupted  accuracy over {suites.Values.Select(s => s.Name).Distinct().Count()} corruptions"));
            page.Table(BySeverity(errors, Clean(source, manifest, grid.Key)));
            page.Table(ByCorruption(errors));
            if (errors.Length > MostVariants) page.Line(FormattableString.Invariant($"{MostVariants} of {errors.Length} variants; the report has all of them"));
        }
    }

    private static TextTable BySeverity((string Variant, IReadOnlyList<CorruptionError> Errors)[] variants, Func<string, double> clean)
    {
        var severities = variants.SelectMany(v => v.Errors.Select(e => e.Severity)).Distinct().Order().ToArray();
        var table = new TextTable([("variant", TextAlign.Shrink), ("clean", TextAlign.Right), .. severities.Select(s => (FormattableString.Invariant($"sev {s}"), TextAlign.Right)), ("mean", TextAlign.Right)]);
        foreach (var (variant, errors) in variants)
        {
            var by = CorruptionErrors.BySeverity(errors).ToDictionary(s => s.Severity, s => 1 - s.Error);
            table.Add([variant, Figures.Percent(clean(variant)), .. severities.Select(s => Figures.Percent(by.GetValueOrDefault(s, double.NaN))), Figures.Percent(1 - errors.Average(e => e.Error))]);
        }

        return table;
    }

    private static TextTable ByCorruption((string Variant, IReadOnlyList<CorruptionError> Errors)[] variants)
    {
        var shown = variants.Take(MostVariants).Select(v => (v.Variant, By: CorruptionErrors.ByCorruption(v.Errors, double.NaN).ToDictionary(s => s.Name, s => 1 - s.Error))).ToArray();
        var table = new TextTable([("corruption", TextAlign.Left), .. shown.Select(v => (v.Variant, TextAlign.Right))]);
        foreach (var name in variants.SelectMany(v => v.Errors.Select(e => e.Corruption)).Distinct())
            table.Add([name, .. shown.Select(v => Figures.Percent(v.By.GetValueOrDefault(name, double.NaN)))]);
        return table;
    }

    private static Func<string, double> Clean(ReportSource source, BundleManifest manifest, string spec)
    {
        var suite = manifest.Datasets.FirstOrDefault(d => d.Corruption is null && d.Spec == spec)?.Id;
        return variant => source.Cells.FirstOrDefault(c => c.Cell.Suite == suite && c.Cell.Variant == variant)?.Metric("accuracy") ?? double.NaN;
    }
}
