using System.Globalization;
using OnnxAudit.Analyses;
using OnnxAudit.Comparison.Robustness;

namespace OnnxAudit.Reports;

/// <summary>Robustness and pruning vulnerability against the geometry of the clean dense cell, each correlation with its interval drawn.</summary>
internal static class CorrelationSection
{
    private static readonly Axis Whole = Axis.Over(-1, 1, 4);

    /// <summary>A table a cell; nothing when there is none.</summary>
    public static Markup Write(Analysis? analysis)
    {
        if (analysis is null || analysis.Robustness.Correlations.Count == 0) return Markup.None;
        var bootstrap = analysis.Settings.Bootstrap;
        return Markup.Of($"""
            {Markup.Join(analysis.Robustness.Correlations.Select(c => Table(c, analysis.Robustness.Tallies)))}
            <p><small>Intervals hold {Figures.Percent(bootstrap.Confidence)} of {Figures.Count(bootstrap.Replicates)} bootstrap resamples of the samples, drawn from −1 to 1. Samples whose geometry stands by convention are left out.
            {string.Join(" ", analysis.RandomAngles.Select(Angle))}</small></p>
            """);
    }

    private static Markup Table(CellCorrelations correlations, IReadOnlyList<TallyFigure> tallies) => Markup.Of($"""
        <h3>{correlations.Cell.Variant} <small>{correlations.Cell.Suite}, {correlations.Cell.Device}</small></h3>
        <div class="scroll"><table><thead><tr><th>Target</th><th>Measure</th><th class="n">Pearson</th><th>interval</th><th class="n">Spearman</th><th>interval</th>
        <th class="n">Samples</th><th class="n">Left out</th></tr></thead><tbody>{Markup.Join(correlations.Rows.Select(r => Row(r, tallies.First(t => t.Target == r.Target && t.Cell == correlations.Cell))))}</tbody></table></div>
        """);

    private static Markup Row(CorrelationRow row, TallyFigure tally) => Markup.Of($"""
        <tr><th scope="row" title="{Meaning(tally)}">{row.Target.Replace('_', ' ')} <small>{tally.Cells} cells{(tally.Missing.Length > 0 ? ", incomplete" : "")}</small></th><td>{row.Measure}</td>
        <td class="n strong">{Value(row.Estimate.Pearson)}</td><td>{Bar(row.Estimate.Pearson, row.Estimate.PearsonInterval)}</td>
        <td class="n strong">{Value(row.Estimate.Spearman)}</td><td>{Bar(row.Estimate.Spearman, row.Estimate.SpearmanInterval)}</td>
        <td class="n">{Figures.Count(row.Samples)}</td><td class="n">{Figures.Count(row.Excluded)}</td></tr>
        """);

    private static string Meaning(TallyFigure tally) => tally.Missing.Length == 0 ? "Cells each sample is right in" : $"Cells each sample is right in; missing {tally.Missing}";

    private static string Angle(RandomAngle angle) =>
        string.Create(CultureInfo.InvariantCulture, $"Random vectors of {angle.Dimension} features stand at {angle.Mean:0.0} ± {angle.Sd:0.0} degrees to each other.");

    private static string Value(double value) => double.IsNaN(value) ? Figures.Undefined : value.ToString("0.000", CultureInfo.InvariantCulture).Replace('-', '−');

    private static Markup Bar(double value, (double Low, double High) interval)
    {
        if (double.IsNaN(value)) return Markup.Of($"{Figures.Undefined}");
        const double width = 96;
        var text = string.Create(CultureInfo.InvariantCulture, $"{interval.Low:0.00} to {interval.High:0.00}").Replace('-', '−');
        return Markup.Of($"""
            <span class="interval"><svg viewBox="0 0 {width} 12" role="img" aria-label="{text}"><path class="track" d="M0 6H{width}M{width / 2} 1V11"/>
            <path class="range" d="M{Whole.Place(interval.Low) * width} 6H{Whole.Place(interval.High) * width}"/><circle class="dot" cx="{Whole.Place(value) * width}" cy="6" r="3.2"/></svg><span>{text}</span></span>
            """);
    }
}
