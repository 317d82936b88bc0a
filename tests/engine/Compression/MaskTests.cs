using FsCheck;
using FsCheck.Fluent;
using OnnxAudit.Compression;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Compression;

public class MaskTests
{
    [Fact]
    public void Indexer_ReadsBits_LowFirst()
    {
        var mask = new Mask("w", 10, [0b0000_0101, 0b10]);
        Assert.Equal([0L, 2L, 9L], Enumerable.Range(0, 10).Select(i => (long)i).Where(i => mask[i]));
        Assert.Equal((3L, 0.7), (mask.Kept, mask.Sparsity));
        Assert.Throws<ArgumentOutOfRangeException>(() => mask[10]);
    }

    [Fact]
    public void Construction_Refuses_WrongLengthAndSpareBits()
    {
        Assert.Throws<ArgumentException>(() => new Mask("w", 9, [1]));
        Assert.Throws<ArgumentException>(() => new Mask("w", 9, [1, 2]));
    }

    [Theory]
    [InlineData(ElementType.Float)]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Double)]
    public void Apply_ZeroesRemoved_AndKeepsTheOthersBytes(ElementType type)
    {
        var width = type.Bits() / 8;
        Prop.ForAll(Gen.ArrayOf(ArbMap.Default.GeneratorFor<bool>()).Resize(100).ToArbitrary(), kept =>
        {
            var data = new byte[kept.Length * width];
            new Random(kept.Length).NextBytes(data);
            var result = Of(kept).Apply(new Tensor(type, [kept.Length], data));
            for (var i = 0; i < kept.Length; i++)
                for (var b = 0; b < width; b++) Assert.Equal(kept[i] ? data[i * width + b] : 0, result.Data.Span[i * width + b]);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Apply_KeepsTheShape_AndRefusesAnotherCount()
    {
        var mask = Of([true, false, true, false, true, false]);
        Assert.Equal([2, 3], mask.Apply(Tensor.FromFloats([2, 3], [1, 2, 3, 4, 5, 6])).Dims.ToArray());
        Assert.Throws<ArgumentException>(() => mask.Apply(Tensor.FromFloats([5], new float[5])));
    }

    [Theory]
    [InlineData(ElementType.Float, 4, 0x3F800000UL)]
    [InlineData(ElementType.Double, 8, 0x3FF0000000000000UL)]
    [InlineData(ElementType.Float16, 2, 0x3C00UL)]
    [InlineData(ElementType.BFloat16, 2, 0x3F80UL)]
    public void ToTensor_HoldsOnesAndZeros(ElementType type, int width, ulong one)
    {
        var tensor = Of([true, false, true]).ToTensor(type, [3, 1]);
        var values = Enumerable.Range(0, 3).Select(i =>
        {
            var padded = new byte[8];
            tensor.Data.Span.Slice(i * width, width).CopyTo(padded);
            return BitConverter.ToUInt64(padded);
        });
        Assert.Equal([one, 0UL, one], values);
    }

    internal static Mask Of(bool[] kept, string name = "w")
    {
        var bits = new byte[(kept.Length + 7) / 8];
        for (var i = 0; i < kept.Length; i++)
            if (kept[i]) bits[i / 8] |= (byte)(1 << i % 8);
        return new Mask(name, kept.Length, bits);
    }
}
