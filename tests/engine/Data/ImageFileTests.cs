using OnnxAudit.Data;
using OnnxAudit.Files;

namespace OnnxAudit.Tests.Data;

/// <summary>Pictures of tests/oracles/images against Pillow's pixels. Needs the two system libraries, which ./test installs.</summary>
public sealed class ImageFileTests
{
    [SkippableTheory]
    [InlineData("colour.png")]
    [InlineData("grey.png")]
    [InlineData("palette.png")]
    [InlineData("one_bit.png")]
    [InlineData("transparent.png")]
    [InlineData("gamma.png")]
    [InlineData("half_chroma.jpg")]
    [InlineData("full_chroma.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("grey_jpeg.jpg")]
    public void Pixels_EqualPillows(string name)
    {
        RequireLibraries();
        var path = Oracle(name);
        var expected = NpyFile.Read(Path.ChangeExtension(path, ".npy"));
        var (pixels, shape) = ImageFile.Read(path, 3);
        Assert.Equal(expected.Dims.ToArray(), new long[] { shape.Height, shape.Width, shape.Channels });
        var worst = pixels.Zip(expected.Data.ToArray(), (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= 0, $"{name}: {worst} grey levels off");
    }

    [SkippableFact]
    public void Grey_IsPillowsLuma()
    {
        RequireLibraries();
        var (pixels, shape) = ImageFile.Read(Oracle("grey.png"), 1);
        var expected = NpyFile.Read(Oracle("grey.npy")).Data.ToArray();
        Assert.Equal(1, shape.Channels);
        Assert.Equal(expected.Where((_, i) => i % 3 == 0), pixels);
        var luma = ImageFile.Read(Oracle("colour.png"), 1).Pixels;
        Assert.Equal(expected.Where((_, i) => i % 3 == 0), luma); // grey.png is convert("L") of colour.png
    }

    [SkippableTheory]
    [InlineData("colour.png")]
    [InlineData("half_chroma.jpg")]
    public void CutOffPictures_AreErrors_AtEveryLength(string name)
    {
        RequireLibraries();
        var bytes = File.ReadAllBytes(Oracle(name));
        using var written = new Written();
        for (var length = 0; length < bytes.Length - 2; length += 13)
        {
            var path = written.Bytes("cut" + Path.GetExtension(name), bytes[..length]);
            var error = Assert.Throws<AuditException>(() => ImageFile.Read(path, 3));
            Assert.Equal(AuditCode.Invalid, error.Code);
            Assert.Contains(path, error.Message);
        }
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(5000)]
    public void BytesAfterThePngsEnd_AreLetBe(int surplus)
    {
        RequireLibraries();
        using var written = new Written();
        var path = written.Bytes("longer.png", [.. File.ReadAllBytes(Oracle("colour.png")), .. Enumerable.Repeat((byte)0xA5, surplus)]);
        Assert.Equal(ImageFile.Read(Oracle("colour.png"), 3).Pixels, ImageFile.Read(path, 3).Pixels);
    }

    [SkippableFact]
    public void CmykJpegs_AreRefused()
    {
        RequireLibraries();
        Assert.Contains("cannot be read", Assert.Throws<AuditException>(() => ImageFile.Read(Oracle("cmyk.jpg"), 3)).Message);
    }

    internal static void RequireLibraries()
    {
        Skip.IfNot(SystemLibrary.Png.IsPresent, "libpng16 is not installed");
        Skip.IfNot(SystemLibrary.TurboJpeg.IsPresent, "libturbojpeg is not installed");
    }

    internal static string Repository { get; } = FindRepository();

    internal static string Oracle(string name) => Path.Combine(Repository, "tests", "oracles", "images", name);

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OnnxAudit.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("the tests run outside the repository");
    }
}
