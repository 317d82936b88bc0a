using OnnxAudit.Corruptions.Jpeg;
using OnnxAudit.Data;

namespace OnnxAudit.Tests.Corruptions.Jpeg;

public sealed class JpegRoundTripTests
{
    /// <summary>Made with Pillow 9.4, quality by quality.</summary>
    [Theory]
    [InlineData(32, 3, 80, 0x56ad58c1u)]
    [InlineData(32, 3, 65, 0x0ec6bba6u)]
    [InlineData(32, 3, 40, 0xea7958dcu)]
    [InlineData(224, 3, 25, 0x806a1c3du)]
    [InlineData(224, 3, 7, 0x03b65cdeu)]
    [InlineData(28, 1, 25, 0x72735058u)]
    [InlineData(28, 1, 7, 0xcf6bd431u)]
    public void RoundTrip_EqualsPillows(int side, int channels, int quality, uint crc)
    {
        var output = new byte[side * side * channels];
        JpegRoundTrip.Apply(GoldenRow.ImageT(new ImageShape(channels, side, side)), output, side, side, channels, quality);
        Assert.Equal(crc, Crc32.Of(output));
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
            foreach (var image in (byte[][])[Noise(quality, output.Length), GoldenRow.ImageT(new ImageShape(channels, height, width)), Extremes(quality, output.Length)])
            {
                JpegRoundTrip.Apply(image, output, height, width, channels, quality);
                Assert.Equal(TurboJpegRoundTrip.Apply(image, height, width, channels, quality), output);
            }
        }
    }

    private static byte[] Noise(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Extremes(int seed, int count) => [.. Noise(seed, count).Select(b => (byte)(b < 128 ? 0 : 255))];
}
