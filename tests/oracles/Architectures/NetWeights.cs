using OnnxAudit.Graphs;
using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>Weights drawn by seed, name and index alone: a layer keeps its weights whatever else the network holds.</summary>
internal static class NetWeights
{
    /// <summary>Normally distributed values (Box-Muller on Philox words).</summary>
    public static Tensor Normal(ulong seed, string name, long[] dims, double deviation, double mean = 0)
    {
        var values = new float[Tensor.CountOf(dims)];
        var philox = Philox.For(seed, name);
        for (var i = 0; i < values.Length; i += 4)
        {
            var (a, b, c, d) = philox.Words(0, (ulong)i);
            Pair(values.AsSpan(i), a, b, deviation, mean);
            if (i + 2 < values.Length) Pair(values.AsSpan(i + 2), c, d, deviation, mean);
        }

        return Tensor.FromFloats(dims, values);
    }

    /// <summary>Values uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public static Tensor Uniform(ulong seed, string name, long[] dims, double low, double high)
    {
        var values = new float[Tensor.CountOf(dims)];
        var philox = Philox.For(seed, name);
        for (var i = 0; i < values.Length; i++) values[i] = (float)(low + Philox.ToUnit(philox.Words(0, (ulong)i).A) * (high - low));
        return Tensor.FromFloats(dims, values);
    }

    private static void Pair(Span<float> to, uint first, uint second, double deviation, double mean)
    {
        // 1 − u lies in (0,1]: the logarithm is finite.
        var radius = deviation * Math.Sqrt(-2 * Math.Log(1 - Philox.ToUnit(first)));
        var (sin, cos) = Math.SinCos(2 * Math.PI * Philox.ToUnit(second));
        to[0] = (float)(mean + radius * cos);
        if (to.Length > 1) to[1] = (float)(mean + radius * sin);
    }
}
