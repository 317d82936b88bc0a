using OnnxAudit.Corruptions.Jpeg;

namespace OnnxAudit.Tests.Corruptions.Jpeg;

public sealed class JpegRoundTripTests
{
    /// <summary>Made with Pillow 9.4, quality by quality.</summary>
    [Theory]
    [InlineData(32, 3, 80, "56ad58c1")]
    [InlineData(32, 3, 65, "0ec6bba6")]
    [InlineData(32, 3, 40, "ea7958dc")]
    [InlineData(224, 3, 25, "806a1c3d")]
    [InlineData(224, 3, 7, "03b65cde")]
    [InlineData(28, 1, 25, "72735058")]
    [InlineData(28, 1, 7, "cf6bd431")]
    public void RoundTrip_EqualsPillows(int side, int channels, int quality, string crc)
    {
        var output = new byte[side * side * channels];
        JpegRoundTrip.Apply(TestPattern.Crossed(side, side, channels), output, side, side, channels, quality);
        Assert.Equal(crc, TestPattern.Crc(output));
    }

    /// <summary>Sides off the block grid in every way, on noise, which exercises clamping most.</summary>
    [Theory]
    [InlineData(32, 32, 3)]
    [InlineData(64, 48, 3)]
    [InlineData(33, 47, 3)]
    [InlineData(41, 34, 3)]
    [InlineData(50, 63, 3)]
    [InlineData(28, 28, 1)]
    [InlineData(9, 35, 1)]
    public void RoundTrip_EqualsLibjpegTurbos(int height, int width, int channels)
    {
        var output = new byte[height * width * channels];
        for (var quality = 1; quality <= 100; quality += quality < 10 ? 3 : 15)
        {
            foreach (var image in (byte[][])[TestPattern.Noise(quality, output.Length), TestPattern.Board(height, width, channels), Extremes(quality, output.Length)])
            {
                JpegRoundTrip.Apply(image, output, height, width, channels, quality);
                Assert.Equal(TurboJpegRoundTrip.Apply(image, height, width, channels, quality), output);
            }
        }
    }

    private static byte[] Extremes(int seed, int count) => [.. TestPattern.Noise(seed, count).Select(b => (byte)(b < 128 ? 0 : 255))];
}
