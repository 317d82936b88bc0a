namespace OnnxAudit.Corruptions;

/// <summary>From [0,1] back to bytes, as each profile's generator does it.</summary>
internal static class Quantisation
{
    /// <summary>Values [H,W,C] as the output's bytes: clipped to [0,1], times 255, truncated; Mnist rounds half to even instead.</summary>
    public static void Finish(this CorruptionCall call, ReadOnlySpan<double> values)
    {
        Finish(call.Profile, values, call.Output);
    }

    /// <summary>As above into bytes of the caller's.</summary>
    public static void Finish(CorruptionProfile profile, ReadOnlySpan<double> values, Span<byte> output)
    {
        var rounds = profile == CorruptionProfile.Mnist;
        for (var i = 0; i < values.Length; i++) output[i] = rounds ? Round(values[i]) : Truncate(values[i]);
    }

    /// <summary>As above in float32.</summary>
    public static void Finish(this CorruptionCall call, ReadOnlySpan<float> values)
    {
        var output = call.Output;
        var rounds = call.Profile == CorruptionProfile.Mnist;
        for (var i = 0; i < values.Length; i++)
        {
            var scaled = Math.Clamp(values[i], 0f, 1f) * 255f;
            output[i] = (byte)(rounds ? MathF.Round(scaled) : scaled);
        }
    }

    private static byte Truncate(double value) => (byte)(Math.Clamp(value, 0, 1) * 255);

    private static byte Round(double value) => (byte)MathF.Round((float)(Math.Clamp(value, 0, 1) * 255));
}
