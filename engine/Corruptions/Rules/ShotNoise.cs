using System.Collections.Concurrent;

namespace OnnxAudit.Corruptions.Rules;

/// <summary>A Poisson number of mean x·c over c for every value x in [0,1]. Source: arXiv:1903.12261 and its generators.</summary>
internal static class ShotNoise
{
    // For each c the distributions of the 256 pixels.
    private static readonly ConcurrentDictionary<double, PoissonTable[]> Known = [];

    public static void Apply(CorruptionCall call)
    {
        var photons = call.Constant<double>([500, 250, 100, 75, 50], [250, 100, 50, 30, 15], [60, 25, 12, 5, 3]);
        var tables = Known.GetOrAdd(photons, static c => [.. Enumerable.Range(0, 256).Select(v => new PoissonTable(v / 255.0 * c))]);
        var image = call.Image;
        var values = call.Floats(image.Length);
        var scale = (float)(255 / photons);
        for (var i = 0; i < image.Length; i++) values[i] = call.Draws.Poisson(tables[image[i]]) * scale;
        call.FinishScaled(values);
    }
}
