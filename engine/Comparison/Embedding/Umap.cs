using OnnxAudit.Kernels;

namespace OnnxAudit.Comparison.Embedding;

/// <summary>
/// Uniform manifold approximation and projection to the plane: a fuzzy neighbour graph, a spectral start, stochastic descent with negative sampling.
/// Source: McInnes, Healy and Melville, arXiv 1802.03426.
/// </summary>
public static class Umap
{
    private const int Fewest = 4;
    private const double LargestStep = 4, Softening = 0.001;

    /// <summary>
    /// Places the points. The same distances, settings and machine give the same bits on any number of threads. Fewer than four points are placed by classical
    /// scaling, and with too few points for the neighbours asked for there are fewer; the notes say so.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting out of range.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static PlaneLayout Place(DistanceMatrix distances, UmapSettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(distances);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        var n = distances.Count;
        var notes = new List<string>();
        if (n < Fewest)
            return ClassicalScaling.Place(distances) with { Explained = double.NaN, Notes = [FormattableString.Invariant($"{n} points are too few for UMAP: classical scaling placed them.")] };
        var k = settings.Neighbours;
        if (k > n - 1)
        {
            k = n - 1;
            notes.Add(FormattableString.Invariant($"UMAP took {k} neighbours, itself counted, in place of {settings.Neighbours}: there are {n} points."));
        }

        var epochs = settings.EpochsOf(n);
        var graph = FuzzyGraph.Of(Neighbourhoods.Of(distances, k), epochs);
        var at = UmapStart.Of(graph, distances, settings, notes);
        Descend(graph, at, UmapCurve.Fit(settings.MinDistance, settings.Spread), epochs, settings, cancellation);
        return new PlaneLayout(at, double.NaN, notes);
    }

    // Edge e is drawn every largest/w_e epochs, both directions of it; one after the other, because each step reads what the last one moved.
    private static void Descend(FuzzyGraph graph, double[] at, UmapCurve curve, int epochs, UmapSettings settings, CancellationToken cancellation)
    {
        var edges = graph.Column.Length;
        if (edges == 0) return;
        var largest = graph.Weight.Max();
        var (every, next, nextNegative) = (new double[edges], new double[edges], new double[edges]);
        for (var e = 0; e < edges; e++)
        {
            every[e] = next[e] = largest / graph.Weight[e];
            nextNegative[e] = every[e] / Math.Max(1, settings.NegativeSamples);
        }

        var numbers = Philox.For(settings.Seed, "umap negatives");
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            cancellation.ThrowIfCancellationRequested();
            var rate = 1 - (double)epoch / epochs;
            for (var i = 0; i < graph.Count; i++)
                for (var e = graph.Start[i]; e < graph.Start[i + 1]; e++)
                {
                    if (next[e] > epoch) continue;
                    Attract(at, i, graph.Column[e], curve, rate);
                    next[e] += every[e];
                    if (settings.NegativeSamples == 0) continue;
                    var between = every[e] / settings.NegativeSamples;
                    var count = (int)((epoch - nextNegative[e]) / between);
                    for (var c = 0; c < count; c++)
                        Repel(at, i, Drawn(numbers, e, epoch, c, graph.Count), curve, rate);
                    nextNegative[e] += count * between;
                }
        }
    }

    private static int Drawn(Philox numbers, int edge, int epoch, int draw, int points)
    {
        var words = numbers.Words((uint)(draw / 4), (uint)epoch, (uint)edge, 0);
        var word = (draw % 4) switch { 0 => words.A, 1 => words.B, 2 => words.C, _ => words.D };
        return (int)(((ulong)word * (ulong)points) >> 32);
    }

    private static void Attract(double[] at, int i, int j, UmapCurve curve, double rate)
    {
        var (dx, dy) = (at[2 * i] - at[2 * j], at[2 * i + 1] - at[2 * j + 1]);
        var squared = dx * dx + dy * dy;
        if (squared == 0) return;
        var power = Math.Pow(squared, curve.B);
        var pull = -2 * curve.A * curve.B * (power / squared) / (1 + curve.A * power);
        var (x, y) = (Step(pull * dx) * rate, Step(pull * dy) * rate);
        at[2 * i] += x;
        at[2 * i + 1] += y;
        at[2 * j] -= x;
        at[2 * j + 1] -= y;
    }

    private static void Repel(double[] at, int i, int j, UmapCurve curve, double rate)
    {
        if (i == j) return;
        var (dx, dy) = (at[2 * i] - at[2 * j], at[2 * i + 1] - at[2 * j + 1]);
        var squared = dx * dx + dy * dy;
        if (squared == 0) return;
        var push = 2 * curve.B / ((Softening + squared) * (1 + curve.A * Math.Pow(squared, curve.B)));
        at[2 * i] += Step(push * dx) * rate;
        at[2 * i + 1] += Step(push * dy) * rate;
    }

    private static double Step(double gradient) => Math.Clamp(gradient, -LargestStep, LargestStep);
}
