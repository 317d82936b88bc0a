using System.Globalization;
using OnnxAudit.Data;

namespace OnnxAudit.Tests.Data;

public sealed class PixelResizeTests
{
    [Fact]
    public void Resize_EqualsPillowsAntialiasedBilinear_BitForBit()
    {
        var path = ImageFileTests.Oracle("resize.npz");
        var cases = NpzFile.Members(path).Count / 2;
        Assert.Equal(7, cases);
        for (var i = 0; i < cases; i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture);
            var source = NpyFile.Read($"{path}!source{number}");
            var expected = NpyFile.Read($"{path}!result{number}");
            var shape = new ImageShape(3, (int)source.Dims[0], (int)source.Dims[1]);
            Assert.Equal(expected.Data.ToArray(), PixelResize.Apply(source.Data.Span, shape, (int)expected.Dims[0], (int)expected.Dims[1]));
        }
    }

    [Theory]
    [InlineData(40, 60, 20, 20, 30)]
    [InlineData(60, 41, 20, 29, 20)]
    [InlineData(32, 32, 32, 32, 32)]
    public void ShortSide_TakesTheSize_AndTheLongOneIsRoundedDown(int height, int width, int resize, int newHeight, int newWidth)
    {
        var settings = new Preprocessing { Source = "test", Resize = resize };
        Assert.Equal(new ImageShape(3, newHeight, newWidth), PixelFit.ShapeOf(new ImageShape(3, height, width), settings, "here"));
    }

    [Fact]
    public void Crop_TakesTheCentre_RoundingHalfToEven()
    {
        // Odd margins: torchvision's round((7 - 4)/2) = round(1.5) = 2 and round((5 - 4)/2) = round(0.5) = 0.
        byte[] pixels = [.. Enumerable.Range(0, 35).Select(i => (byte)i)];
        var target = new byte[16];
        var shape = PixelFit.Fit(pixels, new ImageShape(1, 5, 7), new Preprocessing { Source = "test", Crop = 4 }, target, "here");
        Assert.Equal(new ImageShape(1, 4, 4), shape);
        Assert.Equal([2, 3, 4, 5, 9, 10, 11, 12, 16, 17, 18, 19, 23, 24, 25, 26], target);
    }

    [Fact]
    public void Crop_BeyondTheImage_IsAnError()
    {
        var settings = new Preprocessing { Source = "test", Resize = 20, Crop = 24 };
        Assert.Contains("at least 24×24", Assert.Throws<AuditException>(() => PixelFit.ShapeOf(new ImageShape(3, 40, 60), settings, "here")).Message);
    }
}
