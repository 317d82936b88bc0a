using OnnxAudit.Compression;
using OnnxAudit.Graphs;
using OnnxAudit.Training.Tickets;

namespace OnnxAudit.Tests.Training.Tickets;

/// <summary>The cut of every step, against counts, a sort written out, and the selection that masks of whole models are made by.</summary>
public class TopScoresTests
{
    public static TheoryData<int> Sizes => [1, 9, 10, 27, 1728, 2560];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Counts_AreExact_ForEveryAmount(int count)
    {
        var scores = Scores(count, 3);
        for (var p = 0; p <= 19; p++)
        {
            var amount = p * 0.05;
            var kept = Kept(scores, amount);
            Assert.Equal(count - (int)Math.Floor(amount * count + 1e-9), kept.Count(k => k));
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Kept_AreTheLargestMagnitudes_AndNest(int count)
    {
        var scores = Scores(count, 5);
        var larger = Kept(scores, 0);
        foreach (var amount in (double[])[0.1, 0.33, 0.5, 0.9, 0.95])
        {
            var kept = Kept(scores, amount);
            var expected = Enumerable.Range(0, count).OrderBy(i => Math.Abs(scores[i])).ThenBy(i => i).Skip((int)Math.Floor(amount * count + 1e-9)).ToHashSet();
            Assert.Equal(expected, [.. Enumerable.Range(0, count).Where(i => kept[i])]);
            Assert.All(Enumerable.Range(0, count), i => Assert.True(larger[i] || !kept[i]));
            larger = kept;
        }
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.5, 4)]
    [InlineData(0.9, 50)]
    [InlineData(0.99, 3)]
    public void APoolOfManySpans_IsCutAsMasksAre(double amount, int values)
    {
        // Few different values make ties, within spans and across them; gaps lie between the spans.
        var scores = Scores(4000, 8).Select((s, i) => values > 10 ? s : MathF.CopySign((i * 7919) % values + 1, s)).ToArray();
        Range[] ranges = [0..1000, 1040..1050, 1056..3999];
        var parts = ranges.Select(r => scores[r]).ToArray();
        var tensors = parts.Select((p, i) => new PrunableTensor($"{i}", Tensor.FromFloats([p.Length], p), "Conv", "")).ToArray();
        var remove = (long)Math.Floor(amount * parts.Sum(p => p.Length) + 1e-9);
        // The keep-one guard is the caller's: here only amounts that leave every span a weight, or ties that need it.
        var masks = Masks.FromScores(tensors, [.. parts.Select(p => (ReadOnlyMemory<float>)p.Select(MathF.Abs).ToArray())], amount, MaskScope.Global).Masks;
        int[] largest = [.. parts.Select(p => TopScores.Largest(p))];
        var cut = TopScores.Cut(scores, ranges, remove, [.. ranges.Select((r, i) => r.Start.Value + largest[i])]);
        foreach (var (i, part) in parts.Index())
        {
            var bits = new uint[part.Length];
            Assert.Equal(masks[i].Kept, TopScores.Mark(part, bits, ref cut, largest[i]));
            Assert.All(Enumerable.Range(0, part.Length), k => Assert.Equal(masks[i][k], bits[k] != 0));
        }

        Assert.Equal(0, cut.Remove);
    }

    private static float[] Scores(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    private static bool[] Kept(float[] scores, double amount)
    {
        var cut = TopScores.Cut(scores, [Range.All], Pool.RemovedOf(scores.Length, amount));
        var bits = new uint[scores.Length];
        Assert.Equal(bits.Length - (int)Pool.RemovedOf(scores.Length, amount), TopScores.Mark(scores, bits, ref cut));
        return [.. bits.Select(b => b != 0)];
    }
}
