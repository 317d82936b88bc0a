using OnnxAudit.Bundles;
using OnnxAudit.Saliency;

namespace OnnxAudit.Reports;

/// <summary>What a cell's saliency tables say of its layers: figures 1 and 2 of arXiv 2108.01335.</summary>
internal sealed class SaliencyFigures
{
    private readonly IReadOnlyList<FilterLayer> _layers;
    private readonly double[] _mean;
    private readonly double[] _deviation;
    private readonly double[] _correct;
    private readonly double[] _wrong;

    private SaliencyFigures(IReadOnlyList<FilterLayer> layers, double[] mean, double[] deviation, double[] correct, double[] wrong) =>
        (_layers, _mean, _deviation, _correct, _wrong) = (layers, mean, deviation, correct, wrong);

    internal int Filters => _mean.Length;

    /// <summary>Mean saliency of every filter over all samples.</summary>
    internal double[] Means => _mean;

    /// <summary>Mean standardised saliency of every filter over the correct samples; NaN without one.</summary>
    internal double[] CorrectStandardised => _correct;

    /// <summary>The same over the wrong samples.</summary>
    internal double[] WrongStandardised => _wrong;

    internal static SaliencyFigures Of(Bundle bundle, BundleCell cell)
    {
        double[] Table(string name) => bundle.Column(cell.Cell, name).Span<double>().ToArray();
        var (mean, deviation) = (Table("saliency_mean"), Table("saliency_deviation"));
        double[] Standardised(string name) => [.. Table(name).Select((s, k) => SaliencyStatistics.Standardise(s, mean[k], deviation[k]))];
        return new SaliencyFigures(cell.Result.Layers, mean, deviation, Standardised("saliency_mean_correct"), Standardised("saliency_mean_wrong"));
    }

    internal double Mean(FilterLayer layer) => Over(_mean, layer);

    internal double Deviation(FilterLayer layer) => Over(_deviation, layer);

    internal double Correct(FilterLayer layer) => Over(_correct, layer);

    internal double Wrong(FilterLayer layer) => Over(_wrong, layer);

    /// <summary>Filters by mean standardised saliency over the wrong samples, highest first; empty without a wrong sample.</summary>
    internal IReadOnlyList<(FilterLayer Layer, int Filter, double Standardised)> MostSalientWhenWrong(int count) =>
        [.. _layers.SelectMany(l => Enumerable.Range(0, l.Filters).Select(k => (Layer: l, Filter: k, Standardised: _wrong[l.First + k])))
            .Where(f => double.IsFinite(f.Standardised)).OrderByDescending(f => f.Standardised).Take(count)];

    private static double Over(double[] values, FilterLayer layer) => values.AsSpan(layer.First, layer.Filters).ToArray().Average();
}
