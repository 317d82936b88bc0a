using System.Numerics;
using System.Runtime.InteropServices;

namespace OnnxAudit.Training.Tickets;

/// <summary>Where a selection cuts: weights with |s| above the threshold stay, and of those equal to it all but the first <paramref name="Remove"/>.</summary>
/// <param name="Key">Bits of |s| at the cut.</param>
/// <param name="Remove">How many that equal it go, the first in order of pool and index.</param>
internal readonly record struct ScoreCut(uint Key, long Remove);

/// <summary>
/// The cut that removes exactly the n smallest |s| of some spans, by counting the bits of |s| 11 and 10 at a time: three passes, nothing moved or sorted.
/// It is made anew at every step, so its histograms are small enough to be cleared for a layer of a hundred weights, unlike those of the masks of whole models.
/// NaN ranks highest.
/// </summary>
internal static class TopScores
{
    private const uint Magnitude = 0x7FFFFFFF;

    // 31 bits of |s|.
    private static readonly (int Shift, int Bits)[] Digits = [(20, 11), (10, 10), (0, 10)];

    /// <summary>The cut over the pool that <paramref name="ranges"/> of <paramref name="scores"/> make up.</summary>
    /// <param name="scores">All scores.</param>
    /// <param name="ranges">The pool.</param>
    /// <param name="remove">How many go, below the pool's size.</param>
    /// <param name="reserved">Positions in <paramref name="scores"/> that stay whatever their score.</param>
    public static ScoreCut Cut(ReadOnlySpan<float> scores, IReadOnlyList<Range> ranges, long remove, IReadOnlyList<int>? reserved = null)
    {
        if (remove == 0) return new ScoreCut(0, 0);
        var bits = MemoryMarshal.Cast<float, uint>(scores);
        Span<int> counts = stackalloc int[1 << 11];
        uint prefix = 0;
        foreach (var (shift, width) in Digits)
        {
            counts.Clear();
            var above = shift + width;
            foreach (var range in ranges) Count(bits[range], counts, shift, width, prefix);
            foreach (var at in reserved ?? [])
                if ((bits[at] & Magnitude) >> above == prefix >> above) counts[Digit(bits[at], shift, width)]--;
            var digit = 0;
            while (remove > counts[digit]) remove -= counts[digit++];
            prefix |= (uint)digit << shift;
        }

        return new ScoreCut(prefix, remove);
    }

    /// <summary>
    /// Bits that are all set where a weight stays and 0 where it goes, for one span of the pool. Uses up <paramref name="cut"/>'s removals, which go on with the
    /// next span. Answers how many stay.
    /// </summary>
    /// <param name="scores">The span's scores.</param>
    /// <param name="kept">As many bits; written.</param>
    /// <param name="cut">The pool's cut.</param>
    /// <param name="reserved">Position in the span that stays whatever its score; below 0: none.</param>
    public static int Mark(ReadOnlySpan<float> scores, Span<uint> kept, ref ScoreCut cut, int reserved = -1)
    {
        var bits = MemoryMarshal.Cast<float, uint>(scores);
        var (lanes, i, stays) = (Vector<uint>.Count, 0, 0);
        var (mask, limit) = (new Vector<uint>(Magnitude), new Vector<uint>(cut.Key));
        for (; i <= bits.Length - lanes; i += lanes)
        {
            var over = Vector.GreaterThanOrEqual(new Vector<uint>(bits[i..]) & mask, limit);
            over.CopyTo(kept[i..]);
            stays += Vector.CountWhereAllBitsSet(over);
        }

        for (; i < bits.Length; i++)
        {
            kept[i] = (bits[i] & Magnitude) >= cut.Key ? uint.MaxValue : 0;
            stays += (int)(kept[i] & 1);
        }

        var left = cut.Remove;
        for (i = 0; left > 0 && i < bits.Length; i++)
        {
            if ((bits[i] & Magnitude) != cut.Key || i == reserved) continue;
            kept[i] = 0;
            left--;
        }

        stays -= (int)(cut.Remove - left);
        cut = cut with { Remove = left };
        if (reserved < 0 || kept[reserved] != 0) return stays;
        kept[reserved] = uint.MaxValue;
        return stays + 1;
    }

    /// <summary>Position of the largest |s|, of equal ones the last.</summary>
    public static int Largest(ReadOnlySpan<float> scores)
    {
        var bits = MemoryMarshal.Cast<float, uint>(scores);
        var best = 0;
        for (var i = 1; i < bits.Length; i++)
            if ((bits[i] & Magnitude) >= (bits[best] & Magnitude)) best = i;
        return best;
    }

    private static void Count(ReadOnlySpan<uint> bits, Span<int> counts, int shift, int width, uint prefix)
    {
        var above = shift + width;
        var wanted = prefix >> above;
        foreach (var word in bits)
            if ((word & Magnitude) >> above == wanted) counts[Digit(word, shift, width)]++;
    }

    private static int Digit(uint word, int shift, int width) => (int)(((word & Magnitude) >> shift) & ((1u << width) - 1));
}
