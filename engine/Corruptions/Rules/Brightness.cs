namespace OnnxAudit.Corruptions.Rules;

/// <summary>The HSV value raised by a constant and clipped. Source: arXiv:1903.12261 and its generators.</summary>
internal static class Brightness
{
    public static void Apply(CorruptionCall call)
    {
        var raise = call.Constant<double>([.05, .1, .15, .2, .3], [.1, .2, .3, .4, .5], [.1, .2, .3, .4, .5]);
        var image = call.Image;
        var values = call.Doubles(image.Length);
        if (call.Channels == 1)
        {
            // A grey's value is itself, and with no saturation it is what comes back.
            for (var i = 0; i < values.Length; i++) values[i] = UnitPixels.Of(image[i]) + raise;
        }
        else
        {
            for (var i = 0; i < values.Length; i += 3)
            {
                var (h, s, v) = Hsv.Of(UnitPixels.Of(image[i]), UnitPixels.Of(image[i + 1]), UnitPixels.Of(image[i + 2]));
                (values[i], values[i + 1], values[i + 2]) = Hsv.ToRgb(h, s, Math.Clamp(v + raise, 0, 1));
            }
        }

        call.Finish(values);
    }
}
