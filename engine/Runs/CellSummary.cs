using OnnxAudit.Geometry;

namespace OnnxAudit.Runs;

/// <summary>From a cell's sample measures to its slices: all samples, then every class, then every group, with the same figures each.</summary>
internal static class CellSummary
{
    internal static CellResult Of(PreparedSuite suite, SampleMeasures measures, VariantFacts facts, bool geometry, IReadOnlyList<KeyValuePair<string, double>> saliency)
    {
        var dataset = suite.Dataset;
        var all = Enumerable.Range(0, dataset.Count).ToArray();
        var slices = new List<MetricSlice> { Slice("all", "", all, measures, geometry, [.. saliency, .. facts.Metrics]) };
        var byClass = all.ToLookup(i => dataset.Labels.Span[i]);
        for (var c = 0; c < dataset.Classes.Count; c++) slices.Add(Slice("class", dataset.Classes[c], [.. byClass[c]], measures, geometry, []));
        foreach (var group in suite.Groups) slices.Add(Slice("group", group.Name, group.Samples, measures, geometry, []));
        return new CellResult(dataset.Count, slices, [.. suite.Notes, .. facts.Notes, .. measures.Notes()]);
    }

    private static MetricSlice Slice(string kind, string name, int[] samples, SampleMeasures m, bool geometry, IReadOnlyList<KeyValuePair<string, double>> more) =>
        new(kind, name, samples.Length,
        [
            .. TopLine.Of(m.Correct, m.Loss, m.Confidence, samples),
            .. geometry ? GeometrySummary.Of(new GeometryColumns(m.Angle, m.Length, m.Margin, m.Probability, m.Correct), samples) : [],
            .. more,
        ]);
}
