using OnnxAudit.Corruptions;
using OnnxAudit.Data;

namespace OnnxAudit.Tests.Corruptions;

public class CorruptionTableTests
{
    private static readonly string[] Published =
    [
        "gaussian_noise", "shot_noise", "impulse_noise", "defocus_blur", "glass_blur", "motion_blur", "zoom_blur", "snow", "frost", "fog", "brightness", "contrast",
        "elastic_transform", "pixelate", "jpeg_compression", "speckle_noise", "gaussian_blur", "spatter", "saturate",
    ];

    [Fact]
    public void Rows_StandInThePublishedOrder() => Assert.Equal(Published.Where(n => CorruptionTable.All.Any(c => c.Name == n)), CorruptionTable.All.Select(c => c.Name));

    [Fact]
    public void TheLastFour_AreTheExtraOnes() => Assert.Equal(Published[^4..].Where(n => CorruptionTable.All.Any(c => c.Name == n)), CorruptionTable.All.Where(c => c.Extra).Select(c => c.Name));

    [Fact]
    public void Find_NamesTheRows_WhenThereIsNone()
    {
        var error = Assert.Throws<AuditException>(() => CorruptionTable.Find("rain"));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.StartsWith("corruptions: found 'rain'; expected gaussian_noise, shot_noise, ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 32, 32, CorruptionProfile.Cifar)]
    [InlineData(3, 64, 64, CorruptionProfile.Tiny)]
    [InlineData(3, 224, 224, CorruptionProfile.ImageNet)]
    [InlineData(1, 28, 28, CorruptionProfile.Mnist)]
    [InlineData(1, 32, 32, CorruptionProfile.AnySize)]
    [InlineData(3, 96, 80, CorruptionProfile.AnySize)]
    public void Profile_FollowsTheShape(int channels, int height, int width, CorruptionProfile expected) =>
        Assert.Equal(expected, CorruptionProfiles.For(new ImageShape(channels, height, width), "d"));

    [Fact]
    public void Shapes_WithoutRules_AreRefused()
    {
        Assert.Equal("d: found images of 3×28×28; expected 1 or 3 channels and sides of 32 or more for the corruption profile AnySize. Choose another profile, or resize and crop the images.",
            Assert.Throws<AuditException>(() => CorruptionProfiles.For(new ImageShape(3, 28, 28), "d")).Message);
        Assert.Throws<AuditException>(() => CorruptionProfiles.For(new ImageShape(4, 64, 64), "d"));
        Assert.Equal("d: found images of 3×64×64; expected 3×32×32 for the corruption profile Cifar. Choose another profile, or resize and crop the images.",
            Assert.Throws<AuditException>(() => CorruptionProfiles.Require(CorruptionProfile.Cifar, new ImageShape(3, 64, 64), "d")).Message);
    }
}
