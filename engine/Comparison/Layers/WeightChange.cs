using OnnxAudit.Graphs;

namespace OnnxAudit.Comparison.Layers;

/// <summary>A layer's weight in two models.</summary>
/// <param name="Name">Name in the first model.</param>
/// <param name="OtherName">Name in the second.</param>
/// <param name="Layer">The layer's node in the first model.</param>
/// <param name="OpType">Its operator.</param>
/// <param name="Matched">How the two were taken for the same.</param>
/// <param name="Shape">Shape in the first model.</param>
/// <param name="OtherShape">Shape in the second.</param>
/// <param name="Zeros">Zeros in the first.</param>
/// <param name="OtherZeros">Zeros in the second.</param>
/// <param name="Change">What changed, element by element; null where the shapes differ, as after removing filters.</param>
public sealed record WeightChange(string Name, string OtherName, string Layer, string OpType, MatchedBy Matched, IReadOnlyList<long> Shape, IReadOnlyList<long> OtherShape, long Zeros,
    long OtherZeros, ElementChange? Change)
{
    /// <summary>Elements in the first model.</summary>
    public long Count => Shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>Elements in the second model.</summary>
    public long OtherCount => OtherShape.Aggregate(1L, (a, b) => a * b);
}

/// <summary>Two tensors element by element.</summary>
/// <param name="ZeroInBoth">Zero in both.</param>
/// <param name="ZeroOnlyInFirst">Zero in the first only.</param>
/// <param name="ZeroOnlyInSecond">Zero in the second only.</param>
/// <param name="Measure">How much differs.</param>
/// <param name="Histogram">The second's values by change.</param>
public sealed record ElementChange(long ZeroInBoth, long ZeroOnlyInFirst, long ZeroOnlyInSecond, ChangeMeasure Measure, ChangeHistogram Histogram)
{
    internal static ElementChange Of(ChangeCount count) => new(count.ZeroInBoth, count.ZeroInFirst, count.ZeroInSecond, count.Measure, count.Histogram);
}

/// <summary>Compares weights tensor by tensor; what is held at once are two blocks of elements, and a dequantised tensor where one is quantised.</summary>
internal static class WeightComparison
{
    private const int Block = 1 << 16;

    /// <summary>Range of the first models' finite values over all pairs; (+∞, −∞) of none.</summary>
    public static (double Low, double High) Range(IReadOnlyList<WeightPair> pairs, int threads, CancellationToken cancellation)
    {
        var ranges = new (float Low, float High)[pairs.Count];
        Parallel.For(0, pairs.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, p =>
        {
            var range = (Low: float.PositiveInfinity, High: float.NegativeInfinity);
            if (pairs[p].First.Resolve() is { } tensor)
                foreach (var (first, count) in Blocks(tensor))
                    foreach (var value in Floats(tensor, first, count))
                        if (float.IsFinite(value)) range = (Math.Min(range.Low, value), Math.Max(range.High, value));
            ranges[p] = range;
        });
        return (ranges.Select(r => (double)r.Low).DefaultIfEmpty(double.PositiveInfinity).Min(), ranges.Select(r => (double)r.High).DefaultIfEmpty(double.NegativeInfinity).Max());
    }

    /// <summary>The changes of all pairs, on one set of bins; null for a pair whose weight is no constant.</summary>
    public static WeightChange?[] Changes(IReadOnlyList<WeightPair> pairs, double[] edges, int threads, CancellationToken cancellation)
    {
        var changes = new WeightChange?[pairs.Count];
        Parallel.For(0, pairs.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, p => changes[p] = Change(pairs[p], edges));
        return changes;
    }

    private static WeightChange? Change(WeightPair pair, double[] edges)
    {
        if (pair.First.Resolve() is not { } first || pair.Second.Resolve() is not { } second) return null;
        ElementChange? change = null;
        var turned = pair.First.OutputsFirst != pair.Second.OutputsFirst && first.Rank == 2 && second.Rank == 2;
        long[] same = turned ? [second.Dims[1], second.Dims[0]] : second.Dims.ToArray();
        if (first.Dims.SequenceEqual(same))
        {
            var count = new ChangeCount(edges);
            var compared = turned ? Turned(second) : second;
            foreach (var (at, length) in Blocks(first)) count.Add(Floats(first, at, length), Floats(compared, at, length));
            change = ElementChange.Of(count);
        }

        return new WeightChange(pair.First.Name, pair.Second.Name, pair.First.Layer, pair.First.Node.OpType, pair.Matched, first.Dims.ToArray(), second.Dims.ToArray(), Zeros(first), Zeros(second), change);
    }

    private static long Zeros(Tensor tensor)
    {
        var zeros = 0L;
        foreach (var (at, length) in Blocks(tensor)) zeros += MemoryExtensions.Count(Floats(tensor, at, length), 0f);
        return zeros;
    }

    private static IEnumerable<(long First, int Count)> Blocks(Tensor tensor)
    {
        for (var at = 0L; at < tensor.Count; at += Block) yield return (at, (int)Math.Min(Block, tensor.Count - at));
    }

    // A type of less than a byte is unpacked as a whole, since blocks of it need not start on a byte.
    private static ReadOnlySpan<float> Floats(Tensor tensor, long first, int count)
    {
        if (tensor.Type == ElementType.Float) return tensor.Span<float>().Slice((int)first, count);
        if (tensor.Type.Bits() < 8) return tensor.ToFloats().AsSpan((int)first, count);
        var width = tensor.Type.Bits() / 8;
        return new Tensor(tensor.Type, [count], tensor.Data.Slice((int)first * width, count * width)).ToFloats();
    }

    private static Tensor Turned(Tensor tensor)
    {
        var (rows, columns) = ((int)tensor.Dims[0], (int)tensor.Dims[1]);
        var (from, to) = (tensor.ToFloats(), new float[tensor.Count]);
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c];
        return Tensor.FromFloats([columns, rows], to);
    }
}
