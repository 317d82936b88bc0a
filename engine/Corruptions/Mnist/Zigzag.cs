namespace OnnxAudit.Corruptions.Mnist;

/// <summary>A zigzag line across the image: teeth of length 4 and height 2 along a slightly slanted line. Source: MNIST-C's code.</summary>
internal static class Zigzag
{
    private const int Margin = 2, Tooth = 4;

    public static void Apply(CorruptionCall call)
    {
        var (height, width) = (call.Height, call.Width);
        var from = call.Draws.Integer(height - 1);
        var rise = call.Draws.Integer(10) - 5;
        var values = call.Doubles(height * width);
        UnitPixels.ToDoubles(call.Image, values);
        var line = call.Doubles(values.Length);
        var before = (X: (double)Margin, Y: (double)from);
        foreach (var vertex in Vertices(width - 1 - 2 * Margin, rise))
        {
            var after = (X: Margin + vertex.X, Y: from + vertex.Y);
            LineProfile.Draw(before.X, before.Y, after.X, after.Y, line, height, width);
            for (var i = 0; i < values.Length; i++) values[i] = Math.Min(values[i] + line[i], 1);
            before = after;
        }

        call.Finish(values);
    }

    /// <summary>The vertices after the first, which is (0,0), of a zigzag along the line to (run, rise).</summary>
    internal static IEnumerable<(double X, double Y)> Vertices(double run, double rise)
    {
        var angle = Math.Atan(rise / run);
        var length = run / Math.Cos(angle);
        var (sin, cos) = Math.SinCos(angle);
        double height = 0;
        for (var i = 0; i <= (int)Math.Floor((length - Tooth / 2) / Tooth); i++)
        {
            height = i % 2 == 0 ? 2 : -2;
            yield return Turned(Tooth * i + Tooth / 2, height);
        }

        var rest = length - Tooth * Math.Floor(length / Tooth);
        if (rest != 0) yield return Turned(length, height / (2 * rest));

        (double X, double Y) Turned(double x, double y) => (x * cos - y * sin, x * sin + y * cos);
    }
}
