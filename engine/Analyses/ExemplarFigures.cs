using OnnxAudit.Bundles;
using OnnxAudit.Comparison.Exemplars;

namespace OnnxAudit.Analyses;

/// <summary>The exemplars of one treatment on one suite.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Device">The device.</param>
/// <param name="Treatment">What the models of the compressed population have in common.</param>
/// <param name="Kind">"pruning" (PIE) where the treatment removes weights, else "compression" (CIE).</param>
/// <param name="Before">Variants of the uncompressed population.</param>
/// <param name="After">Variants of the compressed population.</param>
/// <param name="Exemplars">Where their modal labels differ.</param>
/// <param name="OnExemplars">Mean accuracy of the uncompressed models on the exemplars; NaN without any.</param>
/// <param name="Overall">Mean accuracy of the uncompressed models.</param>
/// <param name="Recalls">Per class.</param>
/// <param name="Column">Path of its column of members, without suffix.</param>
public sealed record ExemplarFigure(string Suite, string Device, string Treatment, string Kind, IReadOnlyList<string> Before, IReadOnlyList<string> After,
    CompressionExemplars Exemplars, double OnExemplars, double Overall, IReadOnlyList<RecallChange> Recalls, string Column);

/// <summary>How far the exemplars of two treatments agree on one suite.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Device">The device.</param>
/// <param name="First">A treatment.</param>
/// <param name="Second">Another.</param>
/// <param name="Agreement">The counts.</param>
public sealed record ExemplarPair(string Suite, string Device, string First, string Second, ExemplarAgreement Agreement);

/// <summary>Pruning- and compression-identified exemplars of a bundle.</summary>
/// <param name="Groups">A figure a suite, device and treatment.</param>
/// <param name="Pairs">A row a pair of treatments.</param>
/// <param name="Columns">Membership per sample.</param>
public sealed record ExemplarFigures(IReadOnlyList<ExemplarFigure> Groups, IReadOnlyList<ExemplarPair> Pairs, IReadOnlyList<AnalysisColumn> Columns)
{
    /// <summary>A population is all variants of one treatment; the other is their roots.</summary>
    internal static ExemplarFigures Of(Bundle bundle, IReadOnlyList<string> suites, IReadOnlyList<LineageVariant> variants, CancellationToken cancellation)
    {
        var (groups, pairs, columns) = (new List<ExemplarFigure>(), new List<ExemplarPair>(), new List<AnalysisColumn>());
        foreach (var place in bundle.Cells.Select(c => (c.Cell.Suite, c.Cell.Device)).Where(p => suites.Contains(p.Suite)).Distinct())
        {
            cancellation.ThrowIfCancellationRequested();
            var predictions = bundle.Cells.Where(c => c.Cell.Suite == place.Suite && c.Cell.Device == place.Device && bundle.HasColumn(c.Cell, "prediction"))
                .ToDictionary(c => c.Cell.Variant, c => bundle.Column(c.Cell, "prediction").Span<int>().ToArray(), StringComparer.Ordinal);
            var here = groups.Count;
            foreach (var treated in variants.Where(v => v.IsCompressed && predictions.ContainsKey(v.Id) && predictions.ContainsKey(v.Root)).GroupBy(v => v.Treatment, StringComparer.Ordinal))
            {
                var name = FormattableString.Invariant($"exemplars-{place.Device}-{groups.Count - here + 1}");
                groups.Add(Figure(bundle, place, [.. treated], predictions, $"{place.Suite}/{name}"));
                columns.Add(AnalysisColumn.Of(place.Suite, name, groups[^1].Exemplars.Members));
            }

            for (var i = here; i < groups.Count; i++)
                for (var j = i + 1; j < groups.Count; j++)
                    pairs.Add(new ExemplarPair(place.Suite, place.Device, groups[i].Treatment, groups[j].Treatment, ExemplarAgreement.Of(groups[i].Exemplars.Members, groups[j].Exemplars.Members)));
        }

        return new ExemplarFigures(groups, pairs, columns);
    }

    private static ExemplarFigure Figure(Bundle bundle, (string Suite, string Device) place, LineageVariant[] treated, Dictionary<string, int[]> predictions, string column)
    {
        string[] roots = [.. treated.Select(v => v.Root).Distinct(StringComparer.Ordinal)];
        int[][] before = [.. roots.Select(r => predictions[r])], after = [.. treated.Select(v => predictions[v.Id])];
        var samples = bundle.Samples(place.Suite);
        var labels = samples.Labels.ToArray();
        var exemplars = CompressionExemplars.Between(ModalLabels.Of(before), ModalLabels.Of(after));
        var accuracy = before.Select(p => exemplars.Accuracy([.. p.Select((c, i) => (byte)(c == labels[i] ? 1 : 0))])).ToArray();
        return new ExemplarFigure(place.Suite, place.Device, treated[0].Treatment, double.IsNaN(treated[0].Amount) ? "compression" : "pruning", roots,
            [.. treated.Select(v => v.Id)], exemplars, accuracy.Average(a => a.OnExemplars), accuracy.Average(a => a.Overall),
            RecallChange.Of(before, after, labels, samples.Classes.Count), column);
    }
}
