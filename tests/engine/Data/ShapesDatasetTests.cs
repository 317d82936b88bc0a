using OnnxAudit.Data;
using OnnxAudit.Files;

namespace OnnxAudit.Tests.Data;

public sealed class ShapesDatasetTests
{
    [Fact]
    public void Pixels_AreTheSame_InAnyOrderAndOnAnyThread()
    {
        using var dataset = Open("synthetic:shapes?n=64");
        var forward = Enumerable.Range(0, 64).Select(i => Pixels(dataset, i)).ToArray();
        Parallel.For(0, 64, i => Assert.Equal(forward[63 - i], Pixels(dataset, 63 - i)));
        using var range = Open("synthetic:shapes?n=64#test[10:20]");
        Assert.Equal(forward[13], Pixels(range, 3));
    }

    [Fact]
    public void Pixels_AreTheOnesTheDemoModelWasTrainedOn()
    {
        // The arithmetic is exact on every machine; whoever changes a pixel must raise ShapePainter.Version and retrain models/.
        Assert.Equal("aac549c5c6992662", First(Open("synthetic:shapes#test")));
        Assert.Equal("f4c22eaa7a0f9b71", First(Open("synthetic:shapes#train")));
    }

    [Fact]
    public void Seed_Split_AndDifficulty_ChangeThePixels()
    {
        var specs = new[] { "synthetic:shapes", "synthetic:shapes#train", "synthetic:shapes?seed=1", "synthetic:shapes?difficulty=0.6" };
        Assert.Equal(4, specs.Select(s => First(Open(s))).Distinct().Count());
        Assert.Equal(4, specs.Select(s => Open(s).Digest).Distinct().Count());
        Assert.Equal(4, specs.Select(s => Open(s).Id).Distinct().Count());
    }

    [Fact]
    public void Defaults_Are2000Test_And8000Train_InTenEqualClasses()
    {
        using var test = Open("synthetic:shapes");
        using var train = Open("synthetic:shapes#train");
        Assert.Equal((2000, 8000), (test.Count, train.Count));
        Assert.Equal(10, test.Classes.Count);
        Assert.All(test.Labels.ToArray().CountBy(l => l), c => Assert.Equal(200, c.Value));
    }

    [Theory]
    [InlineData(0, 0.0f, 0.0f)]
    [InlineData(2, 0.0f, 0.0f)]
    [InlineData(3, 0.0f, 0.0f)]
    [InlineData(4, 0.0f, 0.0f)]
    [InlineData(5, 0.0f, 0.0f)]
    [InlineData(6, -0.7f, 0.0f)]
    [InlineData(1, 0.74f, 0.0f)]
    public void Outlines_AreNegativeInside_AndPositiveFarOutside(int kind, float x, float y)
    {
        Assert.True(ShapeOutline.Distance(kind, x, y, 0.5f) < 0);
        foreach (var (fx, fy) in new[] { (1.3f, 0f), (0f, 1.3f), (-1.3f, 0f), (0f, -1.3f), (1f, 1f) })
            Assert.True(ShapeOutline.Distance(kind, fx, fy, 0.5f) > 0, $"{fx},{fy}");
    }

    [Fact]
    public void Star_HasFiveTips_AtUnitRadius()
    {
        for (var tip = 0; tip < 5; tip++)
        {
            var (sin, cos) = Math.SinCos(Math.PI * (0.5 + 0.4 * tip));
            Assert.Equal(0, ShapeOutline.Distance(5, (float)cos, (float)sin, 0.5f), 4);
            var (sinIn, cosIn) = Math.SinCos(Math.PI * (0.7 + 0.4 * tip));
            Assert.True(ShapeOutline.Distance(5, (float)cosIn * 0.6f, (float)sinIn * 0.6f, 0.5f) > 0.05);
        }
    }

    private static ImageDataset Open(string spec) => DataSpec.Open(spec, new DataOptions());

    private static byte[] Pixels(ImageDataset dataset, int index)
    {
        var pixels = new byte[dataset.Shape.Count];
        dataset.ReadPixels(index, pixels);
        return pixels;
    }

    private static string First(ImageDataset dataset) => Digest.Of(Enumerable.Range(0, 20).SelectMany(i => Pixels(dataset, i)).ToArray())[..16];
}
