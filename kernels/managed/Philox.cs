using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OnnxAudit.Kernels;

/// <summary>
/// Philox-4x32-10 counter-based random numbers: the value at a counter depends on (key, counter) alone,
/// never on thread count, batch size, order or shard.
/// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// </summary>
public readonly struct Philox
{
    private const uint M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85;

    private readonly uint _key0;
    private readonly uint _key1;

    /// <summary>The generator of one key.</summary>
    public Philox(uint key0, uint key1)
    {
        _key0 = key0;
        _key1 = key1;
    }

    /// <summary>The generator for (seed, purpose): the purpose is hashed (FNV-1a, 64 bits) into the seed, so purposes do not share numbers.</summary>
    public static Philox For(ulong seed, string purpose)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in purpose) hash = (hash ^ c) * 1099511628211UL;
        hash ^= seed * 0x9E3779B97F4A7C15UL;
        return new Philox((uint)hash, (uint)(hash >> 32));
    }

    /// <summary>The four 32-bit words at a counter of four words.</summary>
    public (uint A, uint B, uint C, uint D) Words(uint c0, uint c1, uint c2, uint c3)
    {
        uint k0 = _key0, k1 = _key1;
        for (var round = 0; round < 10; round++)
        {
            var p0 = (ulong)M0 * c0;
            var p1 = (ulong)M1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += W0;
            k1 += W1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>The four words of draw <paramref name="draw"/> of sample <paramref name="sample"/>.</summary>
    public (uint A, uint B, uint C, uint D) Words(ulong sample, ulong draw) =>
        Words((uint)draw, (uint)(draw >> 32), (uint)sample, (uint)(sample >> 32));

    /// <summary>The words of draws <paramref name="firstDraw"/>, firstDraw + 1, … of a sample, four each, one after another. words: a multiple of four long.</summary>
    public void Fill(ulong sample, ulong firstDraw, Span<uint> words)
    {
        var i = 0;
        if (Avx2.IsSupported)
        {
            for (; i <= words.Length - 32; i += 32) Eight(sample, firstDraw + (ulong)(i / 4), words.Slice(i, 32));
        }

        for (; i < words.Length; i += 4) (words[i], words[i + 1], words[i + 2], words[i + 3]) = Words(sample, firstDraw + (ulong)(i / 4));
    }

    /// <summary>Eight draws side by side, the same numbers as <see cref="Words(ulong, ulong)"/>.</summary>
    private void Eight(ulong sample, ulong draw, Span<uint> words)
    {
        var c0 = Vector256.Create((uint)draw) + Vector256<uint>.Indices;
        // Lanes past the carry of the low word take one more in the high word.
        var c1 = Vector256.Create((uint)(draw >> 32)) - Vector256.LessThan(c0, Vector256.Create((uint)draw));
        var c2 = Vector256.Create((uint)sample);
        var c3 = Vector256.Create((uint)(sample >> 32));
        var (k0, k1) = (Vector256.Create(_key0), Vector256.Create(_key1));
        var (w0, w1) = (Vector256.Create(W0), Vector256.Create(W1));
        var (m0, m1) = (Vector256.Create(M0), Vector256.Create(M1));
        for (var round = 0; round < 10; round++)
        {
            Multiply(c0, m0, out var low0, out var high0);
            Multiply(c2, m1, out var low1, out var high1);
            (c0, c1, c2, c3) = (high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0);
            k0 += w0;
            k1 += w1;
        }

        var (ab, ab2) = (Avx2.UnpackLow(c0, c1).AsUInt64(), Avx2.UnpackHigh(c0, c1).AsUInt64());
        var (cd, cd2) = (Avx2.UnpackLow(c2, c3).AsUInt64(), Avx2.UnpackHigh(c2, c3).AsUInt64());
        Store(Avx2.UnpackLow(ab, cd), words);
        Store(Avx2.UnpackHigh(ab, cd), words[4..]);
        Store(Avx2.UnpackLow(ab2, cd2), words[8..]);
        Store(Avx2.UnpackHigh(ab2, cd2), words[12..]);

        static void Store(Vector256<ulong> draws, Span<uint> at)
        {
            draws.GetLower().AsUInt32().CopyTo(at);
            draws.GetUpper().AsUInt32().CopyTo(at[16..]);
        }
    }

    private static void Multiply(Vector256<uint> a, Vector256<uint> b, out Vector256<uint> low, out Vector256<uint> high)
    {
        const byte swapPairs = 0b10_11_00_01, oddLanes = 0b1010_1010;
        var even = Avx2.Multiply(a, b).AsUInt32();
        var odd = Avx2.Multiply(Avx2.Shuffle(a, swapPairs), b).AsUInt32();
        low = Avx2.Blend(even, Avx2.Shuffle(odd, swapPairs), oddLanes);
        high = Avx2.Blend(Avx2.Shuffle(even, swapPairs), odd, oddLanes);
    }

    /// <summary>A number in [0,1) with 24 bits: exact in float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToUnit(uint word) => (word >> 8) * (1.0f / 16777216.0f);
}
