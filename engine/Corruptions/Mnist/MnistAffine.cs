namespace OnnxAudit.Corruptions.Mnist;

/// <summary>Shear, rotation, scale and translation about the middle, bilinear, 0 outside. Source: MNIST-C's code over scikit-image's warp.</summary>
internal static class MnistAffine
{
    public static void Shear(CorruptionCall call)
    {
        var s = Angle(call);
        var (sin, cos) = Math.SinCos(s);
        var centre = Centre(call);
        Warp(call, new AffineMap(1, -sin, centre * sin, 0, cos, centre * (1 - cos)));
    }

    public static void Rotate(CorruptionCall call)
    {
        var (sin, cos) = Math.SinCos(Angle(call));
        var centre = Centre(call);
        Warp(call, new AffineMap(cos, -sin, centre * (1 - cos + sin), sin, cos, centre * (1 - sin - cos)));
    }

    public static void Scale(CorruptionCall call)
    {
        var factor = call.Constant<double>([], [], [1 / .9, 1 / .8, 1 / .7, 1 / .6, 1 / .5]);
        var centre = Centre(call);
        Warp(call, new AffineMap(factor, 0, centre * (1 - factor), 0, factor, centre * (1 - factor)));
    }

    public static void Translate(CorruptionCall call) => Warp(call, new AffineMap(1, 0, Sign(call) * call.Severity, 0, 1, Sign(call) * call.Severity));

    private static double Angle(CorruptionCall call) => Sign(call) * call.Constant<double>([], [], [.2, .4, .6, .8, 1]);

    private static int Sign(CorruptionCall call) => call.Draws.Integer(2) == 1 ? 1 : -1;

    private static double Centre(CorruptionCall call) => call.Width / 2.0 - .5;

    /// <summary>Output pixel (x, y) reads the image at <paramref name="toImage"/>(x, y).</summary>
    private static void Warp(CorruptionCall call, AffineMap toImage)
    {
        var (height, width) = (call.Height, call.Width);
        var image = call.Doubles(call.Image.Length);
        UnitPixels.ToDoubles(call.Image, image);
        var values = call.Doubles(image.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var (fromX, fromY) = toImage.At(i % width, i / width);
            var (x, y) = ((int)Math.Floor(fromX), (int)Math.Floor(fromY));
            var (fx, fy) = (fromX - x, fromY - y);
            var top = (1 - fx) * At(image, y, x, height, width) + fx * At(image, y, x + 1, height, width);
            var bottom = (1 - fx) * At(image, y + 1, x, height, width) + fx * At(image, y + 1, x + 1, height, width);
            values[i] = (1 - fy) * top + fy * bottom;
        }

        call.Finish(values);
    }

    private static double At(ReadOnlySpan<double> image, int y, int x, int height, int width) => (uint)y < (uint)height && (uint)x < (uint)width ? image[y * width + x] : 0;
}
