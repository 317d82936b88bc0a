using OnnxAudit.Comparison.Similarity;

namespace OnnxAudit.Tests.Comparison.Similarity;

/// <summary>Points of the map over columns in memory.</summary>
internal static class Points
{
    /// <summary>Models × suites, suite by suite, whose columns are normal numbers around a value of the model's and the suite's own.</summary>
    internal static GeometryPoint[] Of(int models, int suites, int samples) =>
    [
        .. Enumerable.Range(0, suites).SelectMany(s => Enumerable.Range(0, models).Select(m =>
            Of($"model{m}", $"suite{s}", [.. Enum.GetValues<GeometryBlock>().Select(b => Column(m, s, (int)b, samples))]))),
    ];

    /// <summary>A point over its three columns.</summary>
    internal static GeometryPoint Of(string model, string suite, params float[][] blocks) =>
        new(model, suite, blocks[0].Length, (block, first, values) => blocks[(int)block].AsSpan(first, values.Length).CopyTo(values));

    internal static float[] Column(int model, int suite, int block, int samples)
    {
        var (own, noise) = (PhiloxNumbers.Normal((ulong)(1000 + model * 3 + block), samples), PhiloxNumbers.Normal((ulong)(5000 + suite * 3 + block), samples));
        return [.. own.Zip(noise, (a, b) => (float)((block == 0 ? 50 : 5) + (block == 0 ? 10 : 1) * (0.4 * model + suite + 0.5 * a + 0.5 * b)))];
    }
}
