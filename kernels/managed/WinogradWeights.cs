namespace OnnxAudit.Kernels;

/// <summary>
/// 3×3 weights as the Winograd convolution wants them: G·w·G' per filter and channel, in [(edge+2)²][⌈K/16⌉][C][16], zeros past the last filter.
/// Computed in float64, once for a layer. Source: Lavin and Gray, arXiv:1509.09308.
/// </summary>
public sealed class WinogradWeights
{
    /// <summary>Filters beside each other.</summary>
    internal const int Panel = 16;

    private const int Alignment = 64; // a vector that straddles two cache lines costs two reads

    private static readonly double[][] Two = [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]];
    private static readonly double[][] Four = [[0.25, 0, 0], [-1 / 6.0, -1 / 6.0, -1 / 6.0], [-1 / 6.0, 1 / 6.0, -1 / 6.0], [1 / 24.0, 1 / 12.0, 1 / 6.0], [1 / 24.0, -1 / 12.0, 1 / 6.0], [0, 0, 1]];

    private readonly float[] _memory; // pinned: its address stays
    private readonly int _start;

    private unsafe WinogradWeights(int filters, int channels, int edge)
    {
        (Filters, Channels, Edge) = (filters, channels, edge);
        var positions = (edge + 2) * (edge + 2);
        Length = checked(positions * ((filters + Panel - 1) / Panel) * channels * Panel);
        _memory = GC.AllocateArray<float>(Length + Alignment / sizeof(float), pinned: true);
        fixed (float* at = _memory) _start = (int)((Alignment - (nint)at % Alignment) % Alignment / sizeof(float));
    }

    /// <summary>Filters, K.</summary>
    public int Filters { get; }

    /// <summary>Channels, C.</summary>
    public int Channels { get; }

    /// <summary>Outputs along a square's edge, 2 or 4.</summary>
    public int Edge { get; }

    /// <summary>The transformed weights, aligned to a cache line.</summary>
    public ReadOnlySpan<float> Values => _memory.AsSpan(_start, Length);

    private int Length { get; }

    /// <summary>Of a convolution. weights: [K,C,3,3]. A length that does not fit, an edge that is neither 2 nor 4: <see cref="ArgumentException"/>.</summary>
    public static WinogradWeights Of(ReadOnlySpan<float> weights, int filters, int channels, int edge) =>
        Transform(weights, filters, channels, edge, (k, c) => (k * channels + c) * 9, turned: false);

    /// <summary>Of the convolution that takes the gradient of a layer's output to that of its input: weights [K,C,3,3] turned around, channels and filters exchanged.</summary>
    public static WinogradWeights OfDataGradient(ReadOnlySpan<float> weights, int filters, int channels, int edge) =>
        Transform(weights, channels, filters, edge, (c, k) => (k * channels + c) * 9, turned: true);

    private static WinogradWeights Transform(ReadOnlySpan<float> weights, int filters, int channels, int edge, Func<int, int, int> at, bool turned)
    {
        if (weights.Length != (long)filters * channels * 9) throw new ArgumentException(FormattableString.Invariant($"{weights.Length} weights for {filters} filters of {channels} channels, 3×3"));
        var points = edge switch { 2 => Two, 4 => Four, _ => throw new ArgumentException(FormattableString.Invariant($"squares of {edge} outputs"), nameof(edge)) };
        var made = new WinogradWeights(filters, channels, edge);
        var into = made._memory.AsSpan(made._start);
        var (panels, reach) = ((filters + Panel - 1) / Panel, edge + 2);
        Span<double> half = stackalloc double[3 * reach];
        for (var k = 0; k < filters; k++)
        {
            for (var c = 0; c < channels; c++)
            {
                var w = weights.Slice(at(k, c), 9);
                for (var i = 0; i < reach; i++)
                {
                    for (var j = 0; j < 3; j++) half[i * 3 + j] = points[i][0] * w[turned ? 8 - j : j] + points[i][1] * w[turned ? 5 - j : 3 + j] + points[i][2] * w[turned ? 2 - j : 6 + j];
                }

                for (var position = 0; position < reach * reach; position++)
                {
                    var row = half[(position / reach * 3)..];
                    var column = points[position % reach];
                    into[((position * panels + k / Panel) * channels + c) * Panel + k % Panel] = (float)(row[0] * column[0] + row[1] * column[1] + row[2] * column[2]);
                }
            }
        }

        return made;
    }
}
