using FsCheck;
using FsCheck.Fluent;
using OnnxAudit.Compression;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Compression;

/// <summary>The selection over bits against the rule written out literally: sort everything, set the maxima aside, take from the front.</summary>
public class SelectionTests
{
    private static readonly float[] Levels = [-3, -1, -0f, 0f, 1e-42f, 1, 1, 2, 2.0000002f, float.PositiveInfinity];

    private static readonly Gen<float[][]> LayersWithTies =
        from count in Gen.Choose(1, 6)
        from layers in Gen.ArrayOf(
            from length in Gen.Choose(1, 40)
            from values in Gen.ArrayOf(Gen.Elements(Levels), length)
            select values, count)
        select layers;

    [Fact]
    public void Selection_IsTheLiteralRule_WithTiesAndGuard()
    {
        var cases = from layers in LayersWithTies from percent in Gen.Choose(0, 99) from scope in Gen.Elements(Enum.GetValues<MaskScope>()) select (layers, percent, scope);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var expected = Literal(c.layers, c.percent, c.scope);
            if (expected is null)
            {
                Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Select(c.layers, c.percent, c.scope)).Code);
                return;
            }

            var masks = Select(c.layers, c.percent, c.scope).Masks;
            for (var t = 0; t < c.layers.Length; t++)
                Assert.Equal(expected[t], Enumerable.Range(0, c.layers[t].Length).Select(i => masks[t][i]));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Selection_IsTheLiteralRule_AcrossBlocks()
    {
        var random = new Random(3);
        float[][] layers = [.. new[] { 3 * Selection.Block + 5, 7, Selection.Block, 2 * Selection.Block - 1 }
            .Select(n => Enumerable.Range(0, n).Select(_ => (float)random.Next(-5, 6)).ToArray())];
        foreach (var percent in new[] { 7, 50, 93 })
        {
            var expected = Literal(layers, percent, MaskScope.Global)!;
            foreach (var threads in new[] { 1, 2 })
            {
                var masks = Select(layers, percent, MaskScope.Global, threads).Masks;
                for (var t = 0; t < layers.Length; t++)
                    Assert.True(expected[t].SequenceEqual(Enumerable.Range(0, layers[t].Length).Select(i => masks[t][i])), $"layer {t} at {percent} %, {threads} threads");
            }
        }
    }

    [Fact]
    public void FromScores_NamesTheScore_ThatIsNotANumber()
    {
        var e = Assert.Throws<AuditException>(() => Select([[1, 2], [3, -float.NaN]], 50, MaskScope.Global));
        Assert.Equal((AuditCode.Invalid, "initializer 'w1', element 1"), (e.Code, e.Where));
    }

    [Fact]
    public void FromScores_RefusesScores_OfAnotherShape()
    {
        var tensors = Prunable.Find(Models.Chain(new float[2]));
        Assert.Throws<ArgumentException>(() => Masks.FromScores(tensors, [new float[3]], .5, MaskScope.Global));
        Assert.Throws<ArgumentException>(() => Masks.FromScores(tensors, [], .5, MaskScope.Global));
    }

    private static MaskResult Select(float[][] layers, int percent, MaskScope scope, int threads = 1)
    {
        var tensors = Prunable.Find(Models.Chain([.. layers.Select(l => new float[l.Length])]));
        return Masks.FromScores(tensors, [.. layers.Select(l => (ReadOnlyMemory<float>)l)], percent / 100.0, scope, threads);
    }

    /// <summary>Kept flags per layer; null when every choice would empty a layer.</summary>
    private static bool[][]? Literal(float[][] layers, int percent, MaskScope scope)
    {
        var kept = layers.Select(l => Enumerable.Repeat(true, l.Length).ToArray()).ToArray();
        var pools = scope == MaskScope.Global ? [Enumerable.Range(0, layers.Length).ToArray()] : Enumerable.Range(0, layers.Length).Select(t => new[] { t }).ToArray();
        foreach (var pool in pools)
        {
            var all = pool.SelectMany(t => layers[t].Select((score, i) => (score, t, i))).OrderBy(e => e.score).ThenBy(e => e.t).ThenBy(e => e.i).ToList();
            var remove = percent * all.Count / 100;
            var gone = all.Take(remove).ToList();
            if (pool.Any(t => gone.Count(e => e.t == t) == layers[t].Length))
            {
                foreach (var t in pool) all.RemoveAt(all.FindLastIndex(e => e.t == t));
                if (remove > all.Count) return null;
                gone = [.. all.Take(remove)];
            }

            foreach (var (_, t, i) in gone) kept[t][i] = false;
        }

        return kept;
    }
}
