using System.Globalization;

namespace OnnxAudit.Reports;

/// <summary>The first table: a row a cell, accuracy with its interval drawn, then the other figures everybody asks for.</summary>
internal static class TopLineSection
{
    private static readonly (string Metric, string Heading, string Meaning, Func<double, string> Format)[] Columns =
    [
        ("nll", "NLL", "Mean negative log-likelihood of the true class, nats", Figures.Plain),
        ("ece", "ECE", "Expected calibration error, 15 equal-width bins", Figures.Percent),
        ("sparsity", "Sparsity", "Zeros among the prunable weights", Figures.Percent),
        ("size.file_bytes", "File", "Bytes of the model file", Figures.Bytes),
        ("size.sparse_bytes", "Sparse", "Non-zero values and a bit mask", Figures.Bytes),
        ("size.lz4_bytes", "LZ4", "The weights compressed with LZ4", Figures.Bytes),
        ("latency.batch1.p50_ms", "p50 ms", "Median latency of a single image, milliseconds", Figures.Plain),
        ("latency.batch1.p95_ms", "p95 ms", "95th percentile of the latency of a single image, milliseconds", Figures.Plain),
        ("throughput.batch", "Images/s", "Throughput at the run's batch", Figures.Count),
    ];

    /// <summary>The tables, one a suite.</summary>
    public static Markup Write(ReportSource source) => Markup.Join(source.Suites.Select(suite => OfSuite(source, suite)));

    private static Markup OfSuite(ReportSource source, string suite)
    {
        var cells = source.Of(suite);
        if (cells.Count == 0) return Markup.Of($"<h3>{suite}</h3><p class=\"none\">No cell of this suite is finished.</p>");
        var shown = Columns.Where(c => cells.Any(cell => !double.IsNaN(cell.Metric(c.Metric)))).ToArray();
        var axis = Axis.Over(cells.Min(c => Low(c)), cells.Max(c => High(c)), 4);
        var heads = Markup.Join(shown.Select(c => Markup.Of($"<th class=\"n\" title=\"{c.Meaning}\">{c.Heading}</th>")));
        var rows = Markup.Join(cells.Select(cell => Markup.Of($"""
            <tr><th scope="row" title="{cell.Cell.Variant}">{Markup.Name(source.Label(cell))}</th><td class="n strong">{Figures.Percent(cell.Metric("accuracy"))}</td><td>{IntervalBar(cell, axis)}</td>
            {Markup.Join(shown.Select(c => Markup.Of($"<td class=\"n\">{c.Format(cell.Metric(c.Metric))}</td>")))}</tr>
            """)));
        return Markup.Of($"""
            <h3>{suite} <small>{Figures.Count(cells[0].Result.Samples)} samples</small></h3>
            <div class="scroll"><table><thead><tr><th>Variant</th><th class="n">Accuracy</th>
            <th title="95 % Wilson interval on a scale from {axis.Label(axis.Low)} to {axis.Label(axis.High)}">95 % interval</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>
            """);
    }

    private static Markup IntervalBar(ReportCell cell, Axis axis)
    {
        double low = Low(cell), high = High(cell), middle = cell.Metric("accuracy");
        if (double.IsNaN(middle)) return Markup.Of($"{Figures.Undefined}");
        const double width = 96;
        var text = string.Create(CultureInfo.InvariantCulture, $"{low * 100:0.0}–{high * 100:0.0}");
        return Markup.Of($"""
            <span class="interval"><svg viewBox="0 0 {width} 12" role="img" aria-label="{text} %"><path class="track" d="M0 6H{width}"/>
            <path class="range" d="M{axis.Place(low) * width} 6H{axis.Place(high) * width}"/><circle class="dot" cx="{axis.Place(middle) * width}" cy="6" r="3.2"/></svg><span>{text}</span></span>
            """);
    }

    private static double Low(ReportCell cell) => cell.Metric("accuracy.low") is var low && double.IsNaN(low) ? cell.Metric("accuracy") : low;

    private static double High(ReportCell cell) => cell.Metric("accuracy.high") is var high && double.IsNaN(high) ? cell.Metric("accuracy") : high;
}
