namespace OnnxAudit.Corruptions.Rules;

/// <summary>Flakes blown in a direction drawn from −135° to −45°, and the same turned upside down, over a paled image. Source: arXiv:1903.12261 and its generators.</summary>
internal static class Snow
{
    public static void Apply(CorruptionCall call)
    {
        var (loc, scale, zoom, threshold, radius, sigma) = call.Constant<(double, double, double, double, double, double)>(
            [(.1, .2, 1, .6, 8, 3), (.1, .2, 1, .5, 10, 4), (.15, .3, 1.75, .55, 10, 4), (.25, .3, 2.25, .6, 12, 6), (.3, .3, 1.25, .65, 14, 12)],
            [(.1, .2, 1, .6, 8, 3), (.1, .2, 1, .5, 10, 4), (.15, .3, 1.75, .55, 10, 4), (.25, .3, 2.25, .6, 12, 6), (.3, .3, 1.25, .65, 14, 12)],
            [(.1, .3, 3, .5, 10, 4), (.2, .3, 2, .5, 12, 4), (.55, .3, 4, .9, 12, 8), (.55, .3, 4.5, .85, 12, 8), (.55, .3, 2.5, .85, 12, 12)]);
        var mix = call.Constant<double>([.95, .9, .9, .85, .8], [.8, .8, .7, .65, .6], [.8, .7, .7, .65, .55]);
        var count = call.Height * call.Width;
        var layer = call.Doubles(count);
        call.NormalField(loc, scale, layer);
        var zoomed = call.Doubles(count);
        ClippedZoom.Apply(call, layer, call.Height, call.Width, zoom, zoomed);
        foreach (ref var flake in zoomed) flake = flake < threshold ? 0 : Math.Min(flake, 1);
        Blow(call, zoomed, radius, sigma, call.Draws.Uniform(-135, -45), layer);

        var pixels = call.Floats(call.Image.Length);
        UnitPixels.ToFloats(call.Image, pixels);
        var values = call.Doubles(pixels.Length);
        var channels = call.Channels;
        // The share is taken from 1 before it is rounded to float32.
        var (keep, whiten) = ((float)mix, (float)(1 - mix));
        for (int i = 0, at = 0; i < count; i++)
        {
            var grey = channels == 1 ? pixels[at] : Grey.OfOpenCv(pixels[at], pixels[at + 1], pixels[at + 2]);
            var pale = grey * 1.5f + .5f;
            for (var c = 0; c < channels; c++, at++) values[at] = keep * pixels[at] + whiten * Math.Max(pixels[at], pale) + layer[i] + layer[count - 1 - i];
        }

        call.Finish(values);
    }

    /// <summary>The layer moved and brought to steps of 1/255: on bytes as ImageMagick does it, in floats and rounded for any size.</summary>
    private static void Blow(CorruptionCall call, Span<double> layer, double radius, double sigma, double angle, Span<double> into)
    {
        var floats = call.Profile == CorruptionProfile.AnySize;
        foreach (ref var flake in layer) flake = floats ? flake * 255 : Math.Truncate(flake * 255);
        MotionKernel.Apply(call, layer, call.Height, call.Width, 1, radius, sigma, angle, into);
        foreach (ref var flake in into) flake = (floats ? Math.Round(flake) : MotionKernel.Quantise(flake)) / 255;
    }
}
