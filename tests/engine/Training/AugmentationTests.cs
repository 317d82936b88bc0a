using OnnxAudit.Data;
using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

public class AugmentationTests
{
    private static readonly ImageShape Shape = new(2, 3, 4);

    /// <summary>Against the definition written out: pad with 0, cut a window, mirror.</summary>
    [Fact]
    public void Change_IsPaddingCuttingAndMirroring()
    {
        byte[] image = [.. Enumerable.Range(1, Shape.Count).Select(i => (byte)i)];
        for (var down = -4; down <= 4; down++)
            for (var right = -4; right <= 4; right++)
                foreach (var (mirrored, upsideDown) in new[] { (false, false), (true, false), (false, true), (true, true) })
                {
                    byte[] found = [.. image];
                    Augmentation.Change(found, Shape, down, right, mirrored, upsideDown);
                    for (var y = 0; y < 3; y++)
                        for (var x = 0; x < 4; x++)
                            for (var c = 0; c < 2; c++)
                            {
                                var (fromY, fromX) = ((upsideDown ? 2 - y : y) + down, (mirrored ? 3 - x : x) + right);
                                var expected = fromY is >= 0 and < 3 && fromX is >= 0 and < 4 ? image[(fromY * 4 + fromX) * 2 + c] : 0;
                                Assert.Equal(expected, found[(y * 4 + x) * 2 + c]);
                            }
                }
    }

    [Fact]
    public void Transform_DependsOnSeedEpochAndSampleAlone_AndReachesEveryPlace()
    {
        var seen = new HashSet<string>();
        for (var sample = 0; sample < 400; sample++)
        {
            var once = Changed(new Augmentation(1, true), sample, 3, 7);
            Assert.Equal(once, Changed(new Augmentation(1, true), sample, 3, 7));
            seen.Add(Convert.ToHexString(once));
        }

        Assert.Equal(18, seen.Count); // nine windows, each also mirrored
        Assert.Equal(4, Enumerable.Range(0, 50).Select(s => Convert.ToHexString(Changed(new Augmentation(Flip: true) { FlipVertical = true }, s, 3, 7))).Distinct().Count());
        Assert.NotEqual(Many(epoch: 3, seed: 7), Many(epoch: 4, seed: 7));
        Assert.NotEqual(Many(epoch: 3, seed: 7), Many(epoch: 3, seed: 8));
    }

    [Theory]
    [InlineData("crop:4,flip", 4, true)]
    [InlineData("flip", 0, true)]
    [InlineData("crop:2", 2, false)]
    [InlineData("flip,flip-vertical", 0, true, true)]
    [InlineData("flip-vertical", 0, false, true)]
    public void Text_IsReadAndWritten(string text, int crop, bool flip, bool vertical = false)
    {
        Assert.Equal(new Augmentation(crop, flip) { FlipVertical = vertical }, Augmentation.Parse(text));
        Assert.Equal(text, new Augmentation(crop, flip) { FlipVertical = vertical }.ToString());
    }

    [Theory]
    [InlineData("crop")]
    [InlineData("crop:0")]
    [InlineData("crop:-1")]
    [InlineData("blur")]
    [InlineData("")]
    public void OtherTexts_AreUsage(string text) => Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Augmentation.Parse(text)).Code);

    private static string Many(int epoch, ulong seed) => string.Concat(Enumerable.Range(0, 20).Select(s => Convert.ToHexString(Changed(new Augmentation(1, true), s, epoch, seed))));

    private static byte[] Changed(Augmentation changes, long sample, int epoch, ulong seed)
    {
        byte[] image = [.. Enumerable.Range(1, Shape.Count).Select(i => (byte)i)];
        changes.Transform(Shape, seed, epoch)(sample, image);
        return image;
    }
}
