using System.Numerics;

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

    /// <summary>Values already times 255, in float32, as the output's bytes.</summary>
    public static void FinishScaled(this CorruptionCall call, ReadOnlySpan<float> values)
    {
        var output = call.Output;
        var rounds = call.Profile == CorruptionProfile.Mnist;
        var i = 0;
        for (; i <= values.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var at = values[i..];
            Vector.Narrow(Vector.Narrow(Whole(at, 0, rounds), Whole(at, 1, rounds)), Vector.Narrow(Whole(at, 2, rounds), Whole(at, 3, rounds))).CopyTo(output[i..]);
        }

        for (; i < values.Length; i++)
        {
            var value = Math.Clamp(values[i], 0f, 255f);
            output[i] = (byte)(rounds ? MathF.Round(value) : value);
        }
    }

    private static Vector<uint> Whole(ReadOnlySpan<float> values, int part, bool rounds)
    {
        var value = Vector.Min(Vector.Max(new Vector<float>(values[(part * Vector<float>.Count)..]), Vector<float>.Zero), new Vector<float>(255f));
        return Vector.AsVectorUInt32(Vector.ConvertToInt32(rounds ? Vector.Round(value) : value));
    }

    private static byte Truncate(double value) => (byte)(Math.Clamp(value, 0, 1) * 255);

    private static byte Round(double value) => (byte)MathF.Round((float)(Math.Clamp(value, 0, 1) * 255));
}
