namespace OnnxAudit.Corruptions.Mnist;

/// <summary>A soft line: 1 + ln(1 − d/2.3), d the vertical distance to it, not below 0. Source: MNIST-C's code.</summary>
internal static class LineProfile
{
    private const double Reach = 2.3;

    /// <summary>The line from (c0, r0) to (c1, r1), over 0 to 1, into [height, width]; nothing before column ⌊c0⌋ and from ⌈c1⌉ on.</summary>
    public static void Draw(double c0, double r0, double c1, double r1, Span<double> into, int height, int width)
    {
        into.Clear();
        var slope = (r1 - r0) / (c1 - c0);
        var end = Math.Min((int)Math.Ceiling(c1), width);
        for (var x = Math.Max((int)Math.Floor(c0), 0); x < end; x++)
        {
            var row = slope * (x - c0) + r0;
            for (var y = 0; y < height; y++)
            {
                var distance = Math.Min(Math.Abs(y - row), Reach - 1e-10);
                into[y * width + x] = Math.Clamp(Math.Log(1 - distance / Reach) + 1, 0, 1);
            }
        }
    }
}
