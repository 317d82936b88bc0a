namespace OnnxAudit.Compression.Quantisation;

/// <summary>
/// An 8-bit code of real numbers: q = saturate(round(x / scale) + zero point), halves to the even number, and back x̂ = (q − zero point)·scale, in float32 as
/// QuantizeLinear and DequantizeLinear have it. Zero is always exact.
/// </summary>
/// <param name="Scale">Step, above 0.</param>
/// <param name="ZeroPoint">The code of 0.</param>
/// <param name="Low">Smallest code.</param>
/// <param name="High">Largest code.</param>
public readonly record struct AffineCode(float Scale, int ZeroPoint, int Low, int High)
{
    /// <summary>Unsigned, asymmetric: 0…highest over [low, high] widened to hold 0. A range of nothing but 0 gives scale 1.</summary>
    public static AffineCode Asymmetric(double low, double high, int highest = 255)
    {
        (low, high) = (Math.Min(low, 0), Math.Max(high, 0));
        var scale = Step(high - low, highest);
        return new AffineCode(scale, (int)Math.Clamp(Math.Round(-low / scale, MidpointRounding.ToEven), 0, highest), 0, highest);
    }

    /// <summary>Signed, symmetric: zero point 0, codes −levels…levels up to the larger magnitude of the range.</summary>
    public static AffineCode Symmetric(double low, double high, int levels = 127) =>
        new(Step(Math.Max(Math.Abs(low), Math.Abs(high)), levels), 0, -levels, levels);

    /// <summary>The code of <paramref name="x"/>.</summary>
    public int Quantise(float x) => (int)Math.Clamp((double)MathF.Round(x / Scale, MidpointRounding.ToEven) + ZeroPoint, Low, High);

    /// <summary>The number a code stands for.</summary>
    public float Dequantise(int code) => (code - ZeroPoint) * Scale;

    // Below the normal numbers a step would lose digits, or be zero.
    private static float Step(double range, int steps) => range > 0 ? Math.Max((float)(range / steps), 1.17549435e-38f) : 1;
}
