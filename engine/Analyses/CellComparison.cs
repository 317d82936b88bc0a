using System.Runtime.InteropServices;
using OnnxAudit.Bundles;
using OnnxAudit.Comparison.Behaviours;
using OnnxAudit.Graphs;
using OnnxAudit.Runs;

namespace OnnxAudit.Analyses;

/// <summary>A cell of a bundle.</summary>
/// <param name="Bundle">The bundle.</param>
/// <param name="Cell">The cell.</param>
public sealed record CellSource(Bundle Bundle, Cell Cell);

/// <summary>One model against another on the same samples: behaviours, transitions and what changed most.</summary>
/// <param name="Base">The base's cell.</param>
/// <param name="Model">The model's cell.</param>
/// <param name="Samples">Samples.</param>
/// <param name="Classes">Class names.</param>
/// <param name="Slices">Behaviours over all samples, every class and every group.</param>
/// <param name="Transitions">With the changes of angle, length, margin and probability where both cells have them.</param>
/// <param name="Pairs">The most frequent changed predictions.</param>
/// <param name="Confusions">The confusions that changed most.</param>
/// <param name="Instances">The samples that moved furthest in KL.</param>
public sealed record CellComparison(Cell Base, Cell Model, int Samples, IReadOnlyList<string> Classes, IReadOnlyList<SliceBehaviour> Slices,
    IReadOnlyList<TransitionRow> Transitions, IReadOnlyList<ChangedPair> Pairs, IReadOnlyList<ConfusionChange> Confusions, IReadOnlyList<ChangedInstance> Instances)
{
    private const int BlockRows = 1024;
    private static readonly string[] Measures = ["angle", "length", "margin", "probability"];

    /// <summary>Compares two cells, reading their logits in blocks. p values are not corrected yet: see <see cref="Adjust"/>.</summary>
    /// <exception cref="AuditException">Invalid: the cells are over different samples, or a column is missing or damaged.</exception>
    public static CellComparison Of(CellSource before, CellSource after, int top, CancellationToken cancellation = default)
    {
        RefuseOtherSamples(before, after);
        var samples = before.Bundle.Samples(before.Cell.Suite);
        var labels = samples.Labels.ToArray();
        var meter = Measure(before, after, labels, cancellation);
        var behaviours = meter.Behaviours;
        var slices = SampleSlice.Of(labels, samples.Classes, samples.Groups.Select(g => (g.Name, g.Rows)));
        var kinds = Comparison.Behaviours.Transitions.Of(Correct(meter.BasePredictions), Correct(meter.Predictions));
        PairedMeasure[] measures = [.. Measures.Where(m => before.Bundle.HasColumn(before.Cell, m) && after.Bundle.HasColumn(after.Cell, m))
            .Select(m => new PairedMeasure(m, Column(before, m), Column(after, m)))];
        return new CellComparison(before.Cell, after.Cell, labels.Length, samples.Classes, BehaviourTable.Of(behaviours, slices), Comparison.Behaviours.Transitions.Summarise(kinds, measures),
            [.. ChangedPairs.Of(meter.BasePredictions, meter.Predictions, labels).Take(top)], [.. ChangedPairs.Confusions(meter.BasePredictions, meter.Predictions, labels).Take(top)],
            ChangedPairs.Instances(behaviours.First(b => b.Name == "kl").Comparison, top));

        byte[] Correct(int[] predictions) => [.. predictions.Select((p, i) => (byte)(p == labels[i] ? 1 : 0))];
    }

    /// <summary>The comparisons with Holm's correction, a metric a family over the slices of all of them.</summary>
    public static IReadOnlyList<CellComparison> Adjust(IReadOnlyList<CellComparison> comparisons)
    {
        var adjusted = BehaviourTable.Adjust([.. comparisons.SelectMany(c => c.Slices)]);
        var first = 0;
        return [.. comparisons.Select(c =>
        {
            var own = adjusted.Skip(first).Take(c.Slices.Count).ToArray();
            first += own.Length;
            return c with { Slices = own };
        })];
    }

    private static BehaviourMeter Measure(CellSource before, CellSource after, int[] labels, CancellationToken cancellation)
    {
        using var first = before.Bundle.OpenColumn(before.Cell, "logits");
        using var second = after.Bundle.OpenColumn(after.Cell, "logits");
        if (!first.Dims.SequenceEqual(second.Dims) || first.Dims.Count != 2 || first.Type != ElementType.Float || second.Type != ElementType.Float)
            throw new AuditException(AuditCode.Invalid, $"cell {after.Cell.Id}, logits", $"shape [{string.Join(',', second.Dims)}]", $"[{string.Join(',', first.Dims)}], as in cell {before.Cell.Id}",
                "Compare models of the same classes.");
        var classes = (int)first.Dims[1];
        var meter = new BehaviourMeter(labels.Length, classes);
        float[] a = new float[BlockRows * classes], b = new float[BlockRows * classes];
        for (var row = 0; row < labels.Length; row += BlockRows)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(BlockRows, labels.Length - row);
            Span<float> x = a.AsSpan(0, count * classes), y = b.AsSpan(0, count * classes);
            first.Read(MemoryMarshal.AsBytes(x));
            second.Read(MemoryMarshal.AsBytes(y));
            meter.Take(row, x, y, labels.AsSpan(row, count));
        }

        return meter;
    }

    private static float[] Column(CellSource source, string name) => source.Bundle.Column(source.Cell, name).Span<float>().ToArray();

    private static void RefuseOtherSamples(CellSource before, CellSource after)
    {
        if (ReferenceEquals(before.Bundle, after.Bundle) && before.Cell.Suite == after.Cell.Suite) return;
        var (a, b) = (before.Bundle.Samples(before.Cell.Suite), after.Bundle.Samples(after.Cell.Suite));
        var other = !a.SourceIndices.Span.SequenceEqual(b.SourceIndices.Span) ? "sample ids" : !a.Labels.Span.SequenceEqual(b.Labels.Span) ? "labels"
            : before.Bundle.Manifest.Datasets.First(d => d.Id == before.Cell.Suite).Sha256 != after.Bundle.Manifest.Datasets.First(d => d.Id == after.Cell.Suite).Sha256 ? "images" : null;
        if (other is not null)
            throw new AuditException(AuditCode.Invalid, $"{after.Bundle.Folder}, suite '{after.Cell.Suite}'", $"other {other} than in {before.Bundle.Folder}", "the same samples in the same order",
                "Audit both models on the same data.");
    }
}
