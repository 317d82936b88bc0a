using OnnxAudit.Data;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Data;

public sealed class DataSpecTests
{
    [SkippableFact]
    public void Cifar_ReadsTestAndAnySubsetOfTrain()
    {
        var folder = SharedData.Require("cifar10");
        using var test = DataSpec.Open($"cifar10:{folder}#test[3:8]", new DataOptions());
        Assert.Equal(5, test.Count);
        Assert.Equal("cifar10-test-3-8", test.Id);
        Assert.Equal([3, 4, 5, 6, 7], test.SourceIndices.ToArray());
        Assert.Equal(10_000, test.SourceCount);
        Assert.Equal("airplane", test.Classes[0]);
        using var train = DataSpec.Open($"cifar10:{folder}#train", new DataOptions());
        Assert.Equal(20_000, train.Count);
        var bytes = File.ReadAllBytes(Path.Combine(folder, "data_batch_2.bin"));
        var pixels = new byte[3072];
        train.ReadPixels(10_001, pixels);
        Assert.Equal(bytes[3073], train.Labels.Span[10_001]);
        Assert.Equal((bytes[3074], bytes[3074 + 1024], bytes[3074 + 2048]), (pixels[0], pixels[1], pixels[2]));
    }

    [Fact]
    public void Cifar100_TakesTheFineLabel()
    {
        using var written = new Written();
        written.Bytes("test.bin", [3, 99, .. new byte[3072], 0, 7, .. new byte[3072]]);
        using var dataset = DataSpec.Open($"cifar100:{written.Folder}", new DataOptions());
        Assert.Equal([99, 7], dataset.Labels.ToArray());
        Assert.Equal(100, dataset.Classes.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Idx_IsReadPlainAndPacked(bool packed)
    {
        using var written = new Written();
        var images = Written.Idx([2, 2, 3], [.. Enumerable.Range(0, 12).Select(i => (byte)i)]);
        var labels = Written.Idx([2], [4, 1]);
        var spec = $"idx:{written.Bytes("i", packed ? Written.Gzip(images) : images)},{written.Bytes("l", packed ? Written.Gzip(labels) : labels)}";
        using var dataset = DataSpec.Open(spec, new DataOptions());
        var pixels = new byte[6];
        dataset.ReadPixels(1, pixels);
        Assert.Equal([6, 7, 8, 9, 10, 11], pixels);
        Assert.Equal(new ImageShape(1, 2, 3), dataset.Shape);
        Assert.Equal([4, 1], dataset.Labels.ToArray());
        Assert.Equal(["0", "1", "2", "3", "4"], dataset.Classes);
    }

    [Fact]
    public void Npy_ReadsEveryFormOfPixels_Alike()
    {
        using var written = new Written();
        byte[] last = [.. Enumerable.Range(0, 2 * 4 * 5 * 3).Select(i => (byte)i)];
        var first = new byte[last.Length];
        for (var i = 0; i < last.Length; i++) first[i / 60 * 60 + i % 3 * 20 + i % 60 / 3] = last[i];
        var labels = written.Npy("l.npy", ElementType.Int64, [2], new long[] { 0, 1 });
        var forms = new[]
        {
            written.Npy("last.npy", ElementType.UInt8, [2, 4, 5, 3], last),
            written.Npy("first.npy", ElementType.UInt8, [2, 3, 4, 5], first),
            written.Npz("a.npz", ("x.npy", File.ReadAllBytes(written["last.npy"]))) + "!x",
        };
        foreach (var form in forms)
        {
            using var dataset = DataSpec.Open($"npy:{form},{labels}", new DataOptions());
            var pixels = new byte[60];
            dataset.ReadPixels(1, pixels);
            Assert.Equal(new ImageShape(3, 4, 5), dataset.Shape);
            Assert.Equal(last[60..], pixels);
        }
    }

    [Theory]
    [InlineData(ElementType.Float)]
    [InlineData(ElementType.Double)]
    public void Npy_FloatsPassThroughUnchanged(ElementType type)
    {
        using var written = new Written();
        double[] values = [0.5, -1.25, 3, 4, 5, 6, 7, 8];
        var images = type == ElementType.Double ? written.Npy("x.npy", type, [2, 1, 2, 2], values)
            : written.Npy("x.npy", type, [2, 1, 2, 2], Array.ConvertAll(values, v => (float)v));
        using var dataset = DataSpec.Open($"npy:{images},{written.Npy("l.npy", ElementType.Int32, [2], new[] { 1, 0 })}", new DataOptions());
        Assert.Equal(SampleEncoding.Floats, dataset.Encoding);
        using var stream = BatchStream.Over(dataset, null, 2);
        Assert.Equal(values.Select(v => (float)v), Assert.Single(stream.Select(b => b.Inputs.ToArray())));
        Assert.Throws<InvalidOperationException>(() => dataset.ReadPixels(0, new byte[4]));
    }

    [Fact]
    public void Suites_ExpandToEverySeverity_AndOpenTheirPart()
    {
        using var written = new Written();
        byte[] pixels = [.. Enumerable.Range(0, 10 * 12).Select(i => (byte)i)];
        foreach (var name in new[] { "fog", "blur" }) written.Npy(name + ".npy", ElementType.UInt8, [10, 2, 2, 3], pixels);
        written.Npy("labels.npy", ElementType.Int64, [10], new long[] { 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 });
        var specs = DataSpec.Expand($"suite:{written.Folder}");
        Assert.Equal(10, specs.Count);
        Assert.Equal($"suite:{written.Folder}#blur@1", specs[0]);
        Assert.Equal([$"suite:{written.Folder}#fog@3[0:1]"], DataSpec.Expand($"suite:{written.Folder}#fog@3[0:1]"));
        using var dataset = DataSpec.Open(specs[7], new DataOptions());
        Assert.EndsWith("fog-3", dataset.Id);
        Assert.Equal([0, 1], dataset.SourceIndices.ToArray());
        var read = new byte[12];
        dataset.ReadPixels(1, read);
        Assert.Equal(pixels[60..72], read);
        using var other = DataSpec.Open(specs[8], new DataOptions());
        Assert.NotEqual(dataset.Digest, other.Digest);
    }

    [Fact]
    public void Suites_InMnistCLayout_AreFoldersWithOneSeverity()
    {
        using var written = new Written();
        Directory.CreateDirectory(written["stripe"]);
        written.Npy("stripe/test_images.npy", ElementType.UInt8, [3, 2, 2, 1], new byte[12]);
        written.Npy("stripe/test_labels.npy", ElementType.Int64, [3], new long[] { 5, 0, 4 });
        var spec = Assert.Single(DataSpec.Expand($"suite:{written.Folder}"));
        using var dataset = DataSpec.Open(spec, new DataOptions());
        Assert.Equal([5, 0, 4], dataset.Labels.ToArray());
        Assert.EndsWith("stripe", dataset.Id);
    }

    [Fact]
    public void Resize_AppliesToAnyPixels()
    {
        var settings = new Preprocessing { Source = "test", Resize = 20, Crop = 16 };
        using var dataset = DataSpec.Open("synthetic:shapes?n=3", new DataOptions { Preprocessing = settings });
        Assert.Equal(new ImageShape(3, 16, 16), dataset.Shape);
        using var whole = DataSpec.Open("synthetic:shapes?n=3", new DataOptions());
        var (expected, got, pixels) = (new byte[768], new byte[768], new byte[3072]);
        whole.ReadPixels(2, pixels);
        PixelFit.Fit(pixels, whole.Shape, settings, expected, "here");
        dataset.ReadPixels(2, got);
        Assert.Equal(expected, got);
        Assert.NotEqual(whole.Digest, dataset.Digest);
    }

    [Theory]
    [InlineData("shapes", "no kind")]
    [InlineData("imagenet:/data", "kind 'imagenet'")]
    [InlineData("cifar10:", "nothing after the colon")]
    [InlineData("cifar10:d#validation", "split '#validation'")]
    [InlineData("cifar10:d#test[3", "'#test[3'")]
    [InlineData("cifar10:d#test[0:99999999999]", "99999999999")]
    [InlineData("idx:only", "'only'")]
    [InlineData("npy:a,b#test", "split '#test'")]
    [InlineData("synthetic:cubes", "'cubes'")]
    [InlineData("synthetic:shapes?n=0", "n=0")]
    [InlineData("synthetic:shapes?colour=red", "colour=red")]
    [InlineData("synthetic:shapes?difficulty=2", "difficulty=2")]
    [InlineData("synthetic:shapes?n=5&n=6", "'n=6'")]
    [InlineData("synthetic:shapes?n=5#test[5:9]", "range [5:9]")]
    [InlineData("synthetic:shapes#test[4:4]", "range [4:4]")]
    [InlineData("synthetic:shapes#test@3", "severity @3")]
    public void BadSpecs_AreUsageErrors_ThatQuoteThem(string spec, string found)
    {
        var error = Assert.Throws<AuditException>(() => DataSpec.Open(spec, new DataOptions()));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.Contains(found, error.Found);
        Assert.Contains(spec, error.Where);
    }

    [Fact]
    public void Digests_FollowTheBytesAndTheRange_NotThePath()
    {
        using var a = new Written();
        using var b = new Written();
        string Spec(Written w, byte[] labels, string range = "")
        {
            w.Bytes("test_batch.bin", Written.Cifar(labels));
            return $"cifar10:{w.Folder}{range}";
        }

        string DigestOf(string spec)
        {
            using var dataset = DataSpec.Open(spec, new DataOptions());
            return dataset.Digest;
        }

        var one = DigestOf(Spec(a, [1, 2, 3]));
        Assert.Equal(one, DigestOf(Spec(b, [1, 2, 3])));
        Assert.NotEqual(one, DigestOf(Spec(b, [1, 2, 4])));
        Assert.NotEqual(one, DigestOf(Spec(a, [1, 2, 3], "#[0:2]")));
    }
}
