using System.Numerics;

namespace OnnxAudit.Corruptions;

/// <summary>Pixels under noise, in float32 on the scale of 0 to 255.</summary>
internal static class PixelNoise
{
    /// <summary>into[i] = pixels[i] + (constant + proportional · pixels[i]) · noise[i]. into may be noise.</summary>
    public static void Add(ReadOnlySpan<byte> pixels, ReadOnlySpan<float> noise, float constant, float proportional, Span<float> into)
    {
        var (lanes, i) = (Vector<float>.Count, 0);
        var (fixedPart, share) = (new Vector<float>(constant), new Vector<float>(proportional));
        for (; i <= pixels.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(pixels[i..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Noisy(a, noise[i..]).CopyTo(into[i..]);
            Noisy(b, noise[(i + lanes)..]).CopyTo(into[(i + lanes)..]);
            Noisy(c, noise[(i + 2 * lanes)..]).CopyTo(into[(i + 2 * lanes)..]);
            Noisy(d, noise[(i + 3 * lanes)..]).CopyTo(into[(i + 3 * lanes)..]);
        }

        for (; i < pixels.Length; i++) into[i] = pixels[i] + (constant + proportional * pixels[i]) * noise[i];

        Vector<float> Noisy(Vector<uint> whole, ReadOnlySpan<float> z)
        {
            var value = Vector.ConvertToSingle(Vector.AsVectorInt32(whole));
            return value + (fixedPart + share * value) * new Vector<float>(z);
        }
    }
}
