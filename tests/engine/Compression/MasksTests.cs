using OnnxAudit.Compression;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Compression;

public class MasksTests
{
    private static readonly double[] Amounts = [0, .05, .1, .15, .2, .25, .3, .35, .4, .45, .5, .55, .6, .65, .7, .75, .8, .85, .9, .95];
    private static readonly int[] Counts = [1, 9, 10, 27, 1728, 2560];

    public static TheoryData<string, MaskScope, int> Every()
    {
        var all = new TheoryData<string, MaskScope, int>();
        foreach (var method in MaskMethods.WithoutData)
            foreach (var scope in Enum.GetValues<MaskScope>())
                foreach (var count in Counts) all.Add(method, scope, count);
        return all;
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Create_RemovesExactly_FloorOfAmountTimesCount(string method, MaskScope scope, int count)
    {
        var model = Models.Chain(Models.Weights(count, 1));
        foreach (var amount in Amounts)
        {
            var masks = Make(model, method, amount, scope).Masks;
            // In hundredths, the exact floor needs no floating point: ⌊p·N⌋ = ⌊100p·N / 100⌋.
            var expected = (long)Math.Round(amount * 100) * count / 100;
            Assert.Equal(expected, masks.Weights - masks.Kept);
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Create_Nests_AsTheAmountGrows(string method, MaskScope scope, int count)
    {
        var model = Models.Chain(Models.Weights(count, 2), Models.Weights(3, 3), Models.Weights(count, 4));
        MaskSet? lower = null;
        foreach (var amount in Amounts)
        {
            if (scope == MaskScope.Global && amount * (2 * count + 3) > 2 * count) continue;
            var masks = Make(model, method, amount, scope).Masks;
            if (lower is not null)
                foreach (var (more, less) in lower.Zip(masks))
                    for (var i = 0; i < more.Count; i++) Assert.True(more[i] || !less[i], $"{more.Tensor}[{i}] came back at {amount}");
            lower = masks;
        }
    }

    [Fact]
    public void Create_RemovesTheSmallestMagnitudes_AgainstASort()
    {
        var layers = new[] { Models.Weights(5000, 5), Models.Weights(17, 6), Models.Weights(9001, 7) };
        var order = layers.SelectMany((w, t) => w.Select((v, i) => (Score: Math.Abs(v), t, i))).OrderBy(e => e).ToArray();
        foreach (var amount in new[] { .001, .3, .5, .77 })
        {
            var masks = Make(Models.Chain(layers), "magnitude", amount, MaskScope.Global).Masks;
            var gone = order.Take((int)Math.Floor(amount * order.Length + 1e-9)).Select(e => (e.t, e.i)).ToHashSet();
            for (var t = 0; t < layers.Length; t++)
                for (var i = 0; i < layers[t].Length; i++) Assert.Equal(!gone.Contains((t, i)), masks[t][i]);
        }
    }

    [Fact]
    public void Create_RemovesTheLowerIndexFirst_AmongTies()
    {
        var tied = Enumerable.Repeat(0.5f, 9000).ToArray();
        var masks = Make(Models.Chain(tied, tied), "magnitude", .4, MaskScope.Global).Masks;
        Assert.Equal((1800L, 9000L), (masks[0].Kept, masks[1].Kept));
        Assert.All(Enumerable.Range(0, 9000), i => Assert.Equal(i >= 7200, masks[0][i]));
    }

    [Fact]
    public void Create_KeepsTheLastOfEqualWeights_WhereTheGuardStepsIn()
    {
        var tied = Enumerable.Repeat(0.5f, 9000).ToArray();
        var masks = Make(Models.Chain(tied, tied), "magnitude", .75, MaskScope.Global).Masks;
        Assert.Equal((1L, 4499L), (masks[0].Kept, masks[1].Kept));
        Assert.True(masks[0][8999]);
        Assert.False(masks[1][4500]);
        Assert.True(masks[1][4501]);
    }

    [Fact]
    public void Create_TakesNegativeZero_ForZero()
    {
        var masks = Make(Models.Chain([0f, -0f, 0f, 1e-45f]), "magnitude", .5, MaskScope.Layer).Masks;
        Assert.Equal([false, false, true, true], Enumerable.Range(0, 4).Select(i => masks[0][i]));
    }

    [Fact]
    public void Create_RanksInfinity_AboveEveryWeight()
    {
        var masks = Make(Models.Chain([float.NegativeInfinity, 3e38f, 1f, float.PositiveInfinity]), "magnitude", .5, MaskScope.Layer).Masks;
        Assert.Equal([true, false, false, true], Enumerable.Range(0, 4).Select(i => masks[0][i]));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    public void Create_NamesTensorAndElement_WhenAWeightIsNotANumber(double amount)
    {
        var broken = Models.Weights(6000, 8);
        (broken[4321], broken[5000]) = (float.NaN, -float.NaN);
        var e = Assert.Throws<AuditException>(() => Make(Models.Chain(Models.Weights(10, 1), broken), "magnitude", amount, MaskScope.Global));
        Assert.Equal((AuditCode.Invalid, "initializer 'w1', element 4321"), (e.Code, e.Where));
    }

    [Fact]
    public void Create_KeepsOnePerLayer_AndTheTotalExact_WhenALayerWouldBeEmptied()
    {
        float[] small = [.01f, .03f, .02f], large = [1, 2, 3, 4, 5, 6, 7];
        var result = Make(Models.Chain(small, large), "magnitude", .5, MaskScope.Global);
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(i => result.Masks[0][i]));
        Assert.Equal(5, result.Masks.Kept);
        Assert.False(result.Masks[1][2]);
        Assert.Contains("w0", Assert.Single(result.Notes));
    }

    [Fact]
    public void FromScores_TriggersTheGuard_WhenAllScoresAreEqual()
    {
        var tensors = Prunable.Find(Models.Chain(new float[10], new float[10], new float[10]));
        var scores = tensors.Select(t => (ReadOnlyMemory<float>)Enumerable.Repeat(-2f, 10).ToArray()).ToArray();
        var result = Masks.FromScores(tensors, scores, .9, MaskScope.Global);
        Assert.All(result.Masks, m => Assert.Equal(1, m.Kept));
        Assert.All(result.Masks, m => Assert.True(m[9]));
        Assert.NotEmpty(result.Notes);
    }

    [Fact]
    public void Create_Refuses_WhatWouldEmptyALayerWhateverIsChosen()
    {
        var e = Assert.Throws<AuditException>(() => Make(Models.Chain([1f], [2f], [3f]), "magnitude", .4, MaskScope.Global));
        Assert.Equal(AuditCode.Usage, e.Code);
        Assert.Contains("at most 0", e.Message);
    }

    [Theory]
    [InlineData("magnitude")]
    [InlineData("random")]
    public void Create_DoesNotDependOnThreads(string method)
    {
        var model = Models.Chain(Models.Weights(300_001, 9), Models.Weights(77, 10), Models.Weights(200_000, 11));
        var recipe = new MaskRecipe { Method = method, Amount = .63, Seed = 5 };
        Assert.Equal(Masks.Create(model, recipe).Masks.Digest, Masks.Create(model, recipe, threads: 3).Masks.Digest);
    }

    [Fact]
    public void Create_DrawsOtherMasks_FromOtherSeeds()
    {
        var model = Models.Chain(Models.Weights(1000, 1));
        Assert.NotEqual(Make(model, "random", .5, MaskScope.Global, 1).Masks.Digest, Make(model, "random", .5, MaskScope.Global, 2).Masks.Digest);
    }

    [Fact]
    public void Create_SpreadsRandomRemovals_Evenly()
    {
        var masks = Make(Models.Chain(new float[20_000], new float[20_000]), "random", .5, MaskScope.Global).Masks;
        // Hypergeometric: standard deviation of one layer's kept count is √(40000·¼·½·½·…) ≈ 50; 5 of them.
        Assert.InRange(masks[0].Kept, 9750, 10250);
        var firstHalf = Enumerable.Range(0, 10_000).Count(i => masks[0][i]);
        Assert.InRange(firstHalf, 4750, 5250);
    }

    [Fact]
    public void Create_OrdersEveryFloatWidth_AsFloat64Does()
    {
        var values = Models.Weights(999, 12);
        var halves = values.Select(v => (Half)v).ToArray();
        var brains = values.Select(v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16)).ToArray();
        var doubles = values.Select(v => v * (1 + 1e-12)).ToArray();
        Tensor[] narrow = [Tensor.FromFloats([999], values), Tensor.From<Half>(ElementType.Float16, [999], halves), Tensor.From<ushort>(ElementType.BFloat16, [999], brains)];
        Tensor[] wide = [.. narrow, Tensor.From<double>(ElementType.Double, [999], doubles)];
        double[][] exact = [[.. values.Select(v => (double)v)], [.. halves.Select(v => (double)v)], [.. brains.Select(b => (double)BitConverter.UInt32BitsToSingle((uint)b << 16))], doubles];
        foreach (var tensors in new[] { narrow, wide })
        {
            var masks = Make(Models.Chain(tensors), "magnitude", .4, MaskScope.Global).Masks;
            var gone = exact.Take(tensors.Length).SelectMany((w, t) => w.Select((v, i) => (Math.Abs(v), t, i))).Order()
                .Take((int)Math.Floor(.4 * 999 * tensors.Length + 1e-9)).Select(e => (e.t, e.i)).ToHashSet();
            for (var t = 0; t < tensors.Length; t++)
                for (var i = 0; i < 999; i++) Assert.Equal(!gone.Contains((t, i)), masks[t][i]);
        }
    }

    [Theory]
    [InlineData("magnitude", 1.0, "mask amount")]
    [InlineData("magnitude", -0.1, "mask amount")]
    [InlineData("magnitude", double.NaN, "mask amount")]
    [InlineData("largest", 0.5, "mask method")]
    public void Create_RefusesABadRecipe(string method, double amount, string where)
    {
        var e = Assert.Throws<AuditException>(() => Make(Models.Chain([1f, 2f]), method, amount, MaskScope.Global));
        Assert.Equal((AuditCode.Usage, where), (e.Code, e.Where));
    }

    [Fact]
    public void Create_RefusesAModelWithoutWeights()
    {
        var graph = new Graph("empty");
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => Make(new Model(graph), "random", .5, MaskScope.Layer)).Code);
    }

    private static MaskResult Make(Model model, string method, double amount, MaskScope scope, ulong seed = 7) =>
        Masks.Create(model, new MaskRecipe { Method = method, Amount = amount, Scope = scope, Seed = seed });
}
