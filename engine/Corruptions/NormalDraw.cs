using System.Numerics;

namespace OnnxAudit.Corruptions;

/// <summary>
/// Standard normal numbers from 32 random bits each: the quantile at (bits + ½)/2³². Only additions, multiplications, divisions and square roots, so
/// every machine and vector width gives the same bits. Relative error under 1e-5 up to |z| = 5.2, under 1e-3 up to the largest, 6.3.
/// Source: Giles, "Approximating the erfinv function", GPU Computing Gems, 2011 (single precision).
/// </summary>
internal static class NormalDraw
{
    private const uint LowHalf = 0x7FFFFFFF;

    /// <summary>One number.</summary>
    public static float Of(uint word)
    {
        Span<float> one = stackalloc float[Vector<float>.Count];
        Vector<float> z = Of(new Vector<uint>(word));
        z.CopyTo(one);
        return one[0];
    }

    /// <summary>A number per word.</summary>
    public static void Fill(ReadOnlySpan<uint> words, Span<float> into)
    {
        var i = 0;
        for (; i <= words.Length - Vector<uint>.Count; i += Vector<uint>.Count) Of(new Vector<uint>(words[i..])).CopyTo(into[i..]);
        for (; i < words.Length; i++) into[i] = Of(words[i]);
    }

    private static Vector<float> Of(Vector<uint> words)
    {
        // The upper half takes the sign, the rest is p in (0, 1/2), never 0.
        var p = (Vector.ConvertToSingle(Vector.AsVectorInt32(words & new Vector<uint>(LowHalf))) + new Vector<float>(0.5f)) * new Vector<float>(1f / 4294967296f);
        var x = Vector<float>.One - p - p;
        var w = -Log(new Vector<float>(4f) * p * (Vector<float>.One - p));
        var central = Polynomial(w - new Vector<float>(2.5f), Central);
        var tail = Polynomial(Vector.SquareRoot(Vector.Max(w, Vector<float>.Zero)) - new Vector<float>(3f), Tail);
        var z = Vector.ConditionalSelect(Vector.LessThan(w, new Vector<float>(5f)), central, tail) * x * new Vector<float>(1.41421356f);
        return Vector.AsVectorSingle(Vector.AsVectorUInt32(z) ^ (words & new Vector<uint>(~LowHalf)));
    }

    private static ReadOnlySpan<float> Central =>
        [2.81022636e-08f, 3.43273939e-07f, -3.5233877e-06f, -4.39150654e-06f, 0.00021858087f, -0.00125372503f, -0.00417768164f, 0.246640727f, 1.50140941f];

    private static ReadOnlySpan<float> Tail =>
        [-0.000200214257f, 0.000100950558f, 0.00134934322f, -0.00367342844f, 0.00573950773f, -0.0076224613f, 0.00943887047f, 1.00167406f, 2.83297682f];

    private static ReadOnlySpan<float> LogTerms =>
        [7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f];

    private static Vector<float> Polynomial(Vector<float> at, ReadOnlySpan<float> terms)
    {
        var sum = new Vector<float>(terms[0]);
        for (var i = 1; i < terms.Length; i++) sum = sum * at + new Vector<float>(terms[i]);
        return sum;
    }

    /// <summary>Natural logarithm of positive normal numbers. Source: Cephes, logf.</summary>
    private static Vector<float> Log(Vector<float> value)
    {
        var bits = Vector.AsVectorInt32(value);
        var exponent = Vector.ShiftRightArithmetic(bits, 23) - new Vector<int>(126);
        var mantissa = Vector.AsVectorSingle((bits & new Vector<int>(0x7FFFFF)) | new Vector<int>(0x3F000000));
        var small = Vector.LessThan(mantissa, new Vector<float>(0.70710678f));
        exponent += Vector.AsVectorInt32(small); // all ones is −1
        var x = mantissa + Vector.ConditionalSelect(small, mantissa, Vector<float>.Zero) - Vector<float>.One;
        var e = Vector.ConvertToSingle(exponent);
        var square = x * x;
        var y = Polynomial(x, LogTerms) * x * square - new Vector<float>(2.12194440e-4f) * e - new Vector<float>(0.5f) * square;
        return x + y + new Vector<float>(0.693359375f) * e;
    }
}
