using OnnxAudit.Corruptions;
using OnnxAudit.Corruptions.Mnist;
using OnnxAudit.Data;

namespace OnnxAudit.Tests.Corruptions.Mnist;

public sealed class MnistTableTests
{
    private static readonly ImageShape Digit = new(1, 28, 28);

    [Fact]
    public void PublishedSet_HasFifteenCorruptionsAndTheImagesThemselves()
    {
        Assert.Equal(16, MnistTable.Published.Select(p => p.Corruption.Name).Distinct().Count());
        Assert.Contains(MnistTable.Published, p => p.Corruption.Name == "identity");
    }

    [Fact]
    public void Identity_ChangesNothing()
    {
        var image = GoldenRow.ImageT(Digit);
        Assert.Equal(image, Corrupted("identity", 1, 0, image));
    }

    [Fact]
    public void AnotherProfile_IsRefused()
    {
        var call = new CorruptionCall(CorruptionProfile.Cifar, new ImageShape(3, 32, 32));
        var image = new byte[3072];
        var refused = Assert.Throws<AuditException>(() => call.Apply(MnistTable.Find("stripe"), 1, 0, 0, image, image));
        Assert.Contains("stripe", refused.Message);
        Assert.Contains("the profile Mnist", refused.Message);
    }

    [Theory]
    [InlineData("shear", 2)]
    [InlineData("rotate", 2)]
    [InlineData("translate", 4)]
    public void Signs_TakeEveryCombination(string name, int combinations)
    {
        var image = GoldenRow.ImageT(Digit);
        Assert.Equal(combinations, Enumerable.Range(0, 64).Select(i => Crc32.Of(Corrupted(name, 3, i, image))).Distinct().Count());
    }

    [Fact]
    public void Translation_MovesPixelsWhole()
    {
        var image = GoldenRow.ImageT(Digit);
        var made = Corrupted("translate", 4, 0, image);
        var moves = from dy in (int[])[-4, 4] from dx in (int[])[-4, 4] select (dy, dx);
        Assert.Single(moves, m => Enumerable.Range(0, 784).All(i => made[i] == At(image, i / 28 + m.dy, i % 28 + m.dx)));
    }

    internal static byte[] Corrupted(string name, int severity, int sample, byte[] image)
    {
        var made = new byte[image.Length];
        new CorruptionCall(CorruptionProfile.Mnist, Digit).Apply(MnistTable.Find(name), severity, 5, sample, image, made);
        return made;
    }

    private static byte At(byte[] image, int y, int x) => y is >= 0 and < 28 && x is >= 0 and < 28 ? image[y * 28 + x] : (byte)0;
}
