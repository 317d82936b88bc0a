using System.Collections.Concurrent;

namespace OnnxAudit.Data;

/// <summary>How input pixels are weighed into an output pixel.</summary>
internal enum ResizeFilter
{
    /// <summary>A triangle of half-width max(scale, 1).</summary>
    Triangle,

    /// <summary>All alike within max(scale, 1)/2: means when shrinking, copies when growing.</summary>
    Box,
}

/// <summary>Per output position the first input position and the fixed-point weights of it and its successors; they sum to 1. Source: the definition of Pillow's Image.resize.</summary>
internal sealed class ResizeTaps
{
    /// <summary>Fraction bits of a weight.</summary>
    public const int FractionBits = 22;

    private static readonly ConcurrentDictionary<(ResizeFilter Filter, int Size, int NewSize), ResizeTaps> Recent = new();

    private readonly int[] _first;
    private readonly int[][] _weights;

    private ResizeTaps(ResizeFilter filter, int size, int newSize)
    {
        (_first, _weights) = (new int[newSize], new int[newSize][]);
        var scale = (double)size / newSize;
        var stretch = Math.Max(scale, 1.0);
        var reach = filter == ResizeFilter.Box ? 0.5 * stretch : stretch;
        for (var at = 0; at < newSize; at++)
        {
            var centre = (at + 0.5) * scale;
            var first = Math.Max(0, (int)(centre - reach + 0.5));
            var end = Math.Min(size, (int)(centre + reach + 0.5));
            var exact = new double[end - first];
            var total = 0.0;
            for (var k = 0; k < exact.Length; k++)
            {
                exact[k] = Weight(filter, (first + k - centre + 0.5) * (1 / stretch));
                total += exact[k];
            }

            _first[at] = first;
            _weights[at] = Array.ConvertAll(exact, w => (int)(0.5 + w / total * (1 << FractionBits)));
        }
    }

    /// <summary>The taps from <paramref name="size"/> to <paramref name="newSize"/> positions; those of boxes are kept, because they serve one pair of sizes over and over.</summary>
    public static ResizeTaps For(ResizeFilter filter, int size, int newSize) => filter == ResizeFilter.Box
        ? Recent.GetOrAdd((filter, size, newSize), static key => new ResizeTaps(key.Filter, key.Size, key.NewSize)) : new ResizeTaps(filter, size, newSize);

    /// <summary>The weights of output position <paramref name="at"/> and the first input position they stand for.</summary>
    public ReadOnlySpan<int> Weights(int at, out int first)
    {
        first = _first[at];
        return _weights[at];
    }

    private static double Weight(ResizeFilter filter, double distance) => filter == ResizeFilter.Box ? (distance is > -0.5 and <= 0.5 ? 1 : 0) : Math.Max(0, 1 - Math.Abs(distance));
}
