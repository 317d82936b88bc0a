namespace OnnxAudit.Corruptions.Rules;

/// <summary>
/// The HSV saturation scaled, shifted and clipped. Mnist scales and shifts hue and value too, as its code does, and takes the grey of the result.
/// Source: arXiv:1903.12261 and its generators; MNIST-C's code.
/// </summary>
internal static class Saturate
{
    public static void Apply(CorruptionCall call)
    {
        var (scale, shift) = call.Constant<(double, double)>(
            [(.3, 0), (.1, 0), (1.5, 0), (2, .1), (2.5, .2)], [(.3, 0), (.1, 0), (2, 0), (5, .1), (30, .2)], [(.3, 0), (.1, 0), (2, 0), (5, .1), (20, .2)]);
        var image = call.Image;
        var values = call.Doubles(image.Length);
        var everything = call.Profile == CorruptionProfile.Mnist;
        if (call.Channels == 1)
        {
            for (var i = 0; i < values.Length; i++)
            {
                double Changed(double value) => Math.Clamp(value * scale + shift, 0, 1);
                var v = UnitPixels.Of(image[i]);
                var (r, g, b) = everything ? Hsv.ToRgb(Changed(0), Changed(0), Changed(v)) : Hsv.ToRgb(0, Changed(0), v);
                values[i] = Grey.OfSkimage(r, g, b);
            }
        }
        else
        {
            for (var i = 0; i < values.Length; i += 3)
            {
                var (h, s, v) = Hsv.Of(UnitPixels.Of(image[i]), UnitPixels.Of(image[i + 1]), UnitPixels.Of(image[i + 2]));
                (values[i], values[i + 1], values[i + 2]) = Hsv.ToRgb(h, Math.Clamp(s * scale + shift, 0, 1), v);
            }
        }

        call.Finish(values);
    }
}
