namespace OnnxAudit.Corruptions;

/// <summary>
/// Bilinear warp of a float32 image whose source positions lie on a grid of 1/32 pixel. Source: the definition of OpenCV's warpAffine (INTER_LINEAR),
/// reproduced to float32's rounding.
/// </summary>
internal static class AffineWarp
{
    private const int Scale = 1024, HalfStep = 16, GridBits = 5, Grid = 1 << GridBits;

    /// <summary>source, target: [H,W,C]; map: from source to target positions; border: what lies outside, 0 when null.</summary>
    public static void Apply(ReadOnlySpan<float> source, Span<float> target, int height, int width, int channels, AffineMap map, Border? border)
    {
        var back = map.Inverse();
        for (var y = 0; y < height; y++)
        {
            var (fromX, fromY) = (Rint((back.B * y + back.C) * Scale) + HalfStep, Rint((back.E * y + back.F) * Scale) + HalfStep);
            var row = target.Slice(y * width * channels, width * channels);
            for (var x = 0; x < width; x++)
            {
                var (gx, gy) = ((fromX + Rint(back.A * x * Scale)) >> GridBits, (fromY + Rint(back.D * x * Scale)) >> GridBits);
                var (ix, iy, fx, fy) = (gx >> GridBits, gy >> GridBits, (gx & (Grid - 1)) / (float)Grid, (gy & (Grid - 1)) / (float)Grid);
                var (x0, x1) = (Inside(ix, width, border), Inside(ix + 1, width, border));
                var (y0, y1) = (Inside(iy, height, border), Inside(iy + 1, height, border));
                var (w00, w01, w10, w11) = ((1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx);
                for (var c = 0; c < channels; c++)
                {
                    row[x * channels + c] = At(source, y0, x0, width, channels, c) * w00 + At(source, y0, x1, width, channels, c) * w01
                        + At(source, y1, x0, width, channels, c) * w10 + At(source, y1, x1, width, channels, c) * w11;
                }
            }
        }
    }

    /// <summary>The index brought into 0…size − 1, or −1 where there is nothing.</summary>
    private static int Inside(int index, int size, Border? border) => (uint)index < (uint)size ? index : border?.Index(index, size) ?? -1;

    private static float At(ReadOnlySpan<float> source, int y, int x, int width, int channels, int channel) => (y | x) < 0 ? 0 : source[(y * width + x) * channels + channel];

    private static int Rint(double value) => (int)Math.Round(value, MidpointRounding.ToEven);
}
