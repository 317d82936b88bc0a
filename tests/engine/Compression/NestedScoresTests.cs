using OnnxAudit.Compression;

namespace OnnxAudit.Tests.Compression;

/// <summary>Masks made after others.</summary>
public class NestedScoresTests
{
    [Fact]
    public void WhatIsRemoved_GoesFirstWhateverItsScore()
    {
        var (weights, first) = (Models.Weights(1000, 1), Masks.Create(Models.Chain(Models.Weights(1000, 1)), Recipe(0.3)).Masks);
        for (var i = 0; i < weights.Length; i++) weights[i] = first[0][i] ? weights[i] : 100 + i; // the removed are now the largest
        var next = Masks.Create(Models.Chain(weights), Recipe(0.5), removed: first).Masks[0];
        Assert.Equal(500, next.Kept);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.True(first[0][i] || !next[i]));
        var kept = Enumerable.Range(0, 1000).Where(i => first[0][i]).OrderBy(i => Math.Abs(weights[i])).Skip(200);
        Assert.All(kept, i => Assert.True(next[i]));
    }

    [Fact]
    public void AmongZeros_OnlyTheFormerlyRemovedAreSureToGo()
    {
        var weights = new float[16];
        weights[15] = 1;
        var first = new MaskSet([new Mask(Prunable.Find(Models.Chain(weights))[0].Name, 16, [0xFF, 0x0F])]); // 12 to 15 are gone, 15 with the largest weight
        var next = Masks.Create(Models.Chain(weights), Recipe(0.375), removed: first).Masks[0];
        Assert.Equal([0xFC, 0x0F], next.Bits.ToArray()); // and of equal others the first two
    }

    [Fact]
    public void NaN_IsStillAnError()
    {
        var weights = Models.Weights(64, 3);
        var first = Masks.Create(Models.Chain(weights), Recipe(0.25)).Masks;
        weights[Enumerable.Range(0, 64).First(i => first[0][i])] = float.NaN;
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => Masks.Create(Models.Chain(weights), Recipe(0.5), removed: first)).Code);
    }

    private static MaskRecipe Recipe(double amount) => new() { Method = "magnitude", Amount = amount };
}
