using OnnxAudit.Corruptions;
using OnnxAudit.Corruptions.Ice;
using OnnxAudit.Data;
using OnnxAudit.Tests.Data;

namespace OnnxAudit.Tests.Corruptions.Ice;

public sealed class FrostSourceTests
{
    private static readonly StoredArrays Stored = new("blocks.npz");

    [Fact]
    public void Scalings_AreOpenCvs_WithinALevel()
    {
        Assert.Equal(3, Stored.Count("photo"));
        for (var i = 0; i < 3; i++)
        {
            var sides = Stored.Sides($"photo{i}");
            var photo = new Photograph(Stored.Read<byte>($"photo{i}"), new ImageShape(3, sides[0], sides[1]));
            // Vector forms of OpenCV drop low bits between the two passes.
            Holds($"photo_fifth{i}", PhotoResize.Bilinear(photo, .2), 0);
            Holds($"photo_third{i}", PhotoResize.Bilinear(photo, .3), 1);
            var large = Stored.Sides($"photo_cubic{i}");
            Holds($"photo_cubic{i}", PhotoResize.Bicubic(photo, large[0], large[1]), 1);
        }
    }

    [Theory]
    [InlineData(120, 180, 600, 900)]
    [InlineData(63, 112, 315, 560)]
    [InlineData(70, 105, 350, 527)]
    [InlineData(99, 132, 495, 660)]
    public void FifthScale_PicksEveryFifthPixel(int height, int width, int fromHeight, int fromWidth)
    {
        var pixels = new byte[fromHeight * fromWidth * 3];
        new Random(1).NextBytes(pixels);
        var plate = PhotoResize.Bilinear(new Photograph(pixels, new ImageShape(3, fromHeight, fromWidth)), .2);
        Assert.Equal(new ImageShape(3, height, width), plate.Shape);
        for (var i = 0; i < plate.Pixels.Length; i++)
        {
            var (y, x, c) = (i / (3 * width), i / 3 % width, i % 3);
            Assert.Equal(pixels[((5 * y + 2) * fromWidth + 5 * x + 2) * 3 + c], plate.Pixels[i]);
        }
    }

    [Theory]
    [InlineData(CorruptionProfile.Cifar, 3, 32, 102)]
    [InlineData(CorruptionProfile.Tiny, 3, 64, 154)]
    [InlineData(CorruptionProfile.ImageNet, 3, 224, 512)]
    [InlineData(CorruptionProfile.Mnist, 1, 28, 512)]
    [InlineData(CorruptionProfile.AnySize, 3, 100, 564)]
    [InlineData(CorruptionProfile.AnySize, 1, 600, 660)]
    public void Plates_AreScaledAsTheProfileHasIt(CorruptionProfile profile, int channels, int side, int plate) =>
        Assert.Equal(new ImageShape(channels, plate, plate), FrostSource.Procedural.Plate(1, profile, new ImageShape(channels, side, side)).Shape);

    [SkippableFact]
    public void SmallPhotographs_AreEnlargedToCoverTheImage()
    {
        ImageFileTests.RequireLibraries();
        using var folder = new FrostFolder("colour.png", "full_chroma.jpg");
        var source = FrostSource.Folder(folder.Path);
        Assert.Equal(2, source.Count);
        // 15×22 pixels at a fifth are 3×4: the shorter side becomes 1.1 · 32.
        Assert.Equal(new ImageShape(3, 36, 47), source.Plate(0, CorruptionProfile.Cifar, new ImageShape(3, 32, 32)).Shape);
        var call = new CorruptionCall(CorruptionProfile.Cifar, new ImageShape(3, 32, 32), new CorruptionOptions { Frost = source });
        var made = new byte[3072];
        call.Apply(CorruptionTable.Find("frost"), 3, 0, 0, new byte[3072], made);
        Assert.Contains(made, v => v > 0);
    }

    [SkippableFact]
    public void Id_FollowsThePhotographsBytes()
    {
        ImageFileTests.RequireLibraries();
        using var one = new FrostFolder("colour.png");
        using var same = new FrostFolder("colour.png");
        using var other = new FrostFolder("grey.png");
        Assert.Equal(FrostSource.Folder(one.Path).Id, FrostSource.Folder(same.Path).Id);
        Assert.NotEqual(FrostSource.Folder(one.Path).Id, FrostSource.Folder(other.Path).Id);
    }

    [Fact]
    public void DrawnTextures_AreNotComparable_AndSaySo()
    {
        Assert.False(FrostSource.Procedural.ComparableWithPublished);
        Assert.Contains("not comparable", FrostSource.Procedural.Remark);
        using var data = DataSpec.Open("synthetic:shapes", new DataOptions());
        Assert.Equal(FrostSource.Procedural.Remark, CorruptedDataset.Over(data, CorruptionTable.Find("frost"), 1, 0).Remark);
        Assert.Null(CorruptedDataset.Over(data, CorruptionTable.Find("fog"), 1, 0).Remark);
    }

    [Fact]
    public void EmptyFolder_IsAnError()
    {
        using var folder = new FrostFolder();
        Assert.Contains("no pictures", Assert.Throws<AuditException>(() => FrostSource.Folder(folder.Path)).Message);
        Assert.Contains("no such folder", Assert.Throws<AuditException>(() => FrostSource.Folder(folder.Path + "x")).Message);
    }

    private static void Holds(string name, Photograph made, int most)
    {
        var sides = Stored.Sides(name);
        Assert.Equal(new ImageShape(3, sides[0], sides[1]), made.Shape);
        Assert.All(made.Pixels.Zip(Stored.Read<byte>(name)), p => Assert.InRange(p.First, p.Second - most, p.Second + most));
    }

    /// <summary>A folder of its own with copies of stored pictures.</summary>
    private sealed class FrostFolder : IDisposable
    {
        public FrostFolder(params string[] pictures)
        {
            Path = Directory.CreateTempSubdirectory("frost").FullName;
            foreach (var picture in pictures) File.Copy(ImageFileTests.Oracle(picture), System.IO.Path.Combine(Path, picture));
        }

        public string Path { get; }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
