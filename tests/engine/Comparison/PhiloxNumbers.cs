using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Comparison;

/// <summary>Fixed pseudo-random numbers for the tests of this room.</summary>
internal static class PhiloxNumbers
{
    /// <summary>Standard normal numbers.</summary>
    internal static double[] Normal(ulong seed, int count)
    {
        var numbers = Philox.For(seed, "test normals");
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            var words = numbers.Words((ulong)i, 0);
            values[i] = Math.Sqrt(-2 * Math.Log(1 - Philox.ToUnit(words.A))) * Math.Cos(2 * Math.PI * Philox.ToUnit(words.B));
        }

        return values;
    }

    /// <summary>The same in float32.</summary>
    internal static float[] NormalFloats(ulong seed, int count) => [.. Normal(seed, count).Select(v => (float)v)];

    /// <summary>Points [clusters·each, width] around cluster centres far apart.</summary>
    internal static double[] Clusters(ulong seed, int clusters, int each, int width, double apart)
    {
        var (centres, noise) = (Normal(seed, clusters * width), Normal(seed + 1, clusters * each * width));
        return [.. noise.Select((v, at) => v + apart * centres[at / (each * width) * width + at % width])];
    }
}
