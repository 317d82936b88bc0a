namespace OnnxAudit.Corruptions.Rules;

/// <summary>Every channel drawn towards its own spatial mean. Source: arXiv:1903.12261 and its generators.</summary>
internal static class Contrast
{
    public static void Apply(CorruptionCall call)
    {
        var factor = call.Constant<double>([.75, .5, .4, .3, .15], [.4, .3, .2, .1, .05], [.4, .3, .2, .1, .05]);
        var image = call.Image;
        var output = call.Output;
        var channels = call.Channels;
        Span<byte> map = stackalloc byte[256];
        Span<double> values = stackalloc double[256];
        for (var c = 0; c < channels; c++)
        {
            var sum = 0.0;
            for (var i = c; i < image.Length; i += channels) sum += UnitPixels.Of(image[i]);
            var mean = sum / (image.Length / channels);
            for (var v = 0; v < 256; v++) values[v] = (UnitPixels.Of((byte)v) - mean) * factor + mean;
            Quantisation.Finish(call.Profile, values, map);
            for (var i = c; i < image.Length; i += channels) output[i] = map[image[i]];
        }
    }
}
