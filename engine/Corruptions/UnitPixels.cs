namespace OnnxAudit.Corruptions;

/// <summary>Pixels over 255, by table: the division's own result for every byte.</summary>
internal static class UnitPixels
{
    private static readonly double[] Doubles = [.. Enumerable.Range(0, 256).Select(v => v / 255.0)];
    private static readonly float[] Floats = [.. Enumerable.Range(0, 256).Select(v => v / 255f)];

    /// <summary>One pixel.</summary>
    public static double Of(byte pixel) => Doubles[pixel];

    /// <summary>As float64.</summary>
    public static void ToDoubles(ReadOnlySpan<byte> pixels, Span<double> into)
    {
        for (var i = 0; i < pixels.Length; i++) into[i] = Doubles[pixels[i]];
    }

    /// <summary>As float32.</summary>
    public static void ToFloats(ReadOnlySpan<byte> pixels, Span<float> into)
    {
        for (var i = 0; i < pixels.Length; i++) into[i] = Floats[pixels[i]];
    }
}
