using System.Buffers;
using OnnxAudit.Comparison.Embedding;

namespace OnnxAudit.Comparison.Similarity;

/// <summary>What a block of the vectors counts in a distance.</summary>
public enum VectorScaling
{
    /// <summary>As measured: degrees, and feature units.</summary>
    Raw,

    /// <summary>Every block less its mean, over its standard deviation, both over all points and samples compared.</summary>
    BlockStandardised,
}

/// <summary>A block over all points and samples.</summary>
/// <param name="Block">Which.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Deviation">Standard deviation, n − 1.</param>
/// <param name="Divisor">What its differences were divided by: 1, or the deviation; +∞ where a standardised block is constant, which then counts nothing.</param>
public sealed record BlockScale(GeometryBlock Block, double Mean, double Deviation, double Divisor);

/// <summary>How distances are computed.</summary>
public sealed record VectorSettings
{
    /// <summary>Scaling of the blocks.</summary>
    public VectorScaling Scaling { get; init; } = VectorScaling.Raw;

    /// <summary>Threads; the result does not depend on them.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Bytes of columns held at once; with less than a block takes, columns are read in several windows of samples.</summary>
    public long ByteBudget { get; init; } = 256L << 20;
}

/// <summary>
/// Euclidean distances between similarity vectors: d² = Σ_blocks Σ_samples (a − b)²/divisor². One block is held at a time, [points, samples] in float32; differences
/// and sums are float64, so equal vectors are at 0 exactly. Source: arXiv:2206.07918, §6; the scaling is ours, recorded in <see cref="Blocks"/>.
/// </summary>
/// <param name="Distances">[points, points].</param>
/// <param name="Blocks">The three blocks.</param>
public sealed record VectorDistances(DistanceMatrix Distances, IReadOnlyList<BlockScale> Blocks)
{
    private const int TileRows = 32, TileWidth = 512;

    /// <summary>Reads the points' columns and computes.</summary>
    /// <exception cref="AuditException">Usage: points of different sample counts. Invalid: a value that is not finite; or what a reader throws.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static VectorDistances Of(IReadOnlyList<GeometryPoint> points, VectorSettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Threads, 1);
        var (n, samples) = (points.Count, points.Count == 0 ? 0 : points[0].Samples);
        if (points.FirstOrDefault(p => p.Samples != samples) is { } other)
            throw new AuditException(AuditCode.Usage, other.ToString(), FormattableString.Invariant($"{other.Samples} samples"), FormattableString.Invariant($"{samples}, as {points[0]} has"),
                "Compare models on suites of the same samples.");
        var squares = new double[n * n];
        var scales = new List<BlockScale>();
        foreach (var block in Enum.GetValues<GeometryBlock>())
        {
            var sums = new double[n * n];
            var spread = Spread.None;
            foreach (var (first, count) in Windows(n, samples, settings.ByteBudget))
            {
                var rows = new float[(long)n * count];
                spread = spread.With(Read(points, block, first, count, rows, settings.Threads, cancellation));
                AddSquares(rows, n, count, sums, settings.Threads, cancellation);
            }

            var divisor = settings.Scaling == VectorScaling.Raw ? 1 : spread.Deviation > 0 ? spread.Deviation : double.PositiveInfinity;
            scales.Add(new BlockScale(block, spread.Mean, spread.Deviation, divisor));
            for (var i = 0; i < sums.Length; i++) squares[i] += sums[i] / (divisor * divisor);
        }

        for (var i = 0; i < n; i++)
            for (var j = 0; j < i; j++) squares[i * n + j] = squares[j * n + i] = Math.Sqrt(squares[j * n + i]);
        return new VectorDistances(new DistanceMatrix(n, squares), scales);
    }

    private static IEnumerable<(int First, int Count)> Windows(int points, int samples, long budget)
    {
        var most = (int)Math.Clamp(budget / sizeof(float) / Math.Max(1, points), 1, Math.Max(1, Math.Min(samples, Array.MaxLength / Math.Max(1, points))));
        for (var first = 0; first < samples; first += most) yield return (first, Math.Min(most, samples - first));
    }

    private static Spread Read(IReadOnlyList<GeometryPoint> points, GeometryBlock block, int first, int count, float[] rows, int threads, CancellationToken cancellation)
    {
        var spreads = new Spread[points.Count];
        Each(points.Count, threads, cancellation, i =>
        {
            var row = rows.AsSpan(i * count, count);
            points[i].Read(block, first, row);
            for (var s = 0; s < count; s++)
                if (!float.IsFinite(row[s]))
                    throw new AuditException(AuditCode.Invalid, FormattableString.Invariant($"{points[i]}, {block} of sample {first + s}"), FormattableString.Invariant($"{row[s]}"), "a finite number",
                        "Leave the model out: distances to it are undefined.");
            spreads[i] = Spread.Of(row);
        });
        return spreads.Aggregate(Spread.None, (a, b) => a.With(b));
    }

    // Tiles of pairs are shared out over threads, samples are not: a pair's sum has one order whatever the threads.
    private static void AddSquares(float[] rows, int n, int count, double[] sums, int threads, CancellationToken cancellation)
    {
        var blocks = (n + TileRows - 1) / TileRows;
        (int I, int J)[] tiles = [.. Enumerable.Range(0, blocks).SelectMany(i => Enumerable.Range(i, blocks - i).Select(j => (i, j)))];
        Each(tiles.Length, threads, cancellation, t =>
        {
            var (firstA, firstB) = (tiles[t].I * TileRows, tiles[t].J * TileRows);
            var (rowsA, rowsB) = (Math.Min(TileRows, n - firstA), Math.Min(TileRows, n - firstB));
            var (a, b) = (ArrayPool<double>.Shared.Rent(TileRows * TileWidth), ArrayPool<double>.Shared.Rent(TileRows * TileWidth));
            for (var k = 0; k < count; k += TileWidth)
            {
                var width = Math.Min(TileWidth, count - k);
                Widen(rows, firstA, rowsA, count, k, width, a);
                if (firstA != firstB) Widen(rows, firstB, rowsB, count, k, width, b);
                PairSums.Add<SquaredDifference>(a, rowsA, firstA == firstB ? a : b, rowsB, width, sums.AsSpan(firstA * n + firstB), n);
            }

            ArrayPool<double>.Shared.Return(a);
            ArrayPool<double>.Shared.Return(b);
        });
    }

    private static void Widen(float[] rows, int first, int count, int stride, int from, int width, double[] into)
    {
        for (var r = 0; r < count; r++)
            System.Numerics.Tensors.TensorPrimitives.ConvertTruncating<float, double>(rows.AsSpan((first + r) * stride + from, width), into.AsSpan(r * width, width));
    }

    private static void Each(int count, int threads, CancellationToken cancellation, Action<int> act)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, act);
        }
        catch (AggregateException all)
        {
            // Which of several faults is met first depends on threads; the message must not.
            throw all.Flatten().InnerExceptions.OrderBy(e => e.Message, StringComparer.Ordinal).First();
        }
    }

    /// <summary>Count, mean and sum of squared deviations, joined as Chan, Golub and LeVeque do (1983).</summary>
    private readonly record struct Spread(long Count, double Mean, double Squares)
    {
        public static Spread None => new(0, 0, 0);

        public double Deviation => Count < 2 ? 0 : Math.Sqrt(Squares / (Count - 1));

        public static Spread Of(ReadOnlySpan<float> values)
        {
            if (values.IsEmpty) return None;
            double sum = 0, squares = 0;
            foreach (var v in values) sum += v;
            var mean = sum / values.Length;
            foreach (var v in values) squares += (v - mean) * (v - mean);
            return new Spread(values.Length, mean, squares);
        }

        public Spread With(Spread other)
        {
            if (Count == 0 || other.Count == 0) return Count == 0 ? other : this;
            var (count, step) = (Count + other.Count, other.Mean - Mean);
            return new Spread(count, Mean + step * other.Count / count, Squares + other.Squares + step * step * ((double)Count * other.Count / count));
        }
    }
}
