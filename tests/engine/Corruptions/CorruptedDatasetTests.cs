using OnnxAudit.Corruptions;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Data;

namespace OnnxAudit.Tests.Corruptions;

public class CorruptedDatasetTests
{
    private static readonly Preprocessing Plain = new() { Mean = [0, 0, 0], Std = [1, 1, 1], Source = "test" };

    public static TheoryData<string> Names => [.. CorruptionTable.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Bytes_DoNotDependOn_OrderBatchThreadsOrRange(string name)
    {
        var corruption = CorruptionTable.Find(name);
        using var data = Over("synthetic:shapes#test[0:24]", corruption);
        var images = Enumerable.Range(0, 24).Select(i => Read(data, i)).ToArray();
        foreach (var i in Enumerable.Range(0, 24).Reverse()) Assert.Equal(images[i], Read(data, i));
        using var range = Over("synthetic:shapes#test[7:15]", corruption);
        for (var i = 0; i < 8; i++) Assert.Equal(images[7 + i], Read(range, i));
        foreach (var (batch, threads) in new[] { (24, 1), (5, 3) })
        {
            using var stream = BatchStream.Over(data, Plain, batch, threads: threads);
            foreach (var made in stream)
            {
                for (var i = 0; i < made.Count; i++) Assert.Equal(images[made.First + i].Select(v => v / 255f), Interleaved(made.Inputs.Span.Slice(i * 3072, 3072)));
            }
        }
    }

    [Fact]
    public void Samples_StayTheSources()
    {
        using var source = DataSpec.Open("synthetic:shapes#test[4:9]", new DataOptions());
        using var data = CorruptedDataset.Over(source, CorruptionTable.Find("contrast"), 2, 0);
        Assert.Equal(source.Labels.ToArray(), data.Labels.ToArray());
        Assert.Equal(source.SourceIndices.ToArray(), data.SourceIndices.ToArray());
        Assert.Equal((source.Shape, source.Classes, source.Spec), (data.Shape, data.Classes, data.Spec));
        Assert.Equal($"{source.Id}-contrast-2", data.Id);
        Assert.Equal(CorruptionProfile.Cifar, data.Profile);
    }

    [Fact]
    public void Digest_TellsApart_WhatTellsBytesApart()
    {
        using var source = DataSpec.Open("synthetic:shapes?n=4", new DataOptions());
        string Digest(string name, int severity, ulong seed, CorruptionProfile? profile = null, CorruptionOptions? options = null) =>
            CorruptedDataset.Over(source, CorruptionTable.Find(name), severity, seed, profile, options).Digest;
        string[] digests =
        [
            source.Digest, Digest("contrast", 1, 0), Digest("contrast", 2, 0), Digest("brightness", 1, 0), Digest("contrast", 1, 1), Digest("contrast", 1, 0, CorruptionProfile.AnySize),
            Digest("contrast", 1, 0, options: new CorruptionOptions { TrueSwap = true }),
        ];
        Assert.Equal(digests.Length, digests.Distinct().Count());
        Assert.Equal(Digest("contrast", 1, 0), Digest("contrast", 1, 0));
    }

    [Fact]
    public void Floats_AreRefused()
    {
        using var files = new Written();
        var spec = $"npy:{files.Npy("x.npy", ElementType.Float, [2, 3, 32, 32], new float[6144])},{files.Npy<long>("y.npy", ElementType.Int64, [2], [0, 1])}";
        using var source = DataSpec.Open(spec, new DataOptions());
        var error = Assert.Throws<AuditException>(() => CorruptedDataset.Over(source, CorruptionTable.Find("contrast"), 1, 0));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Equal($"{spec}: found floats that are already preprocessed; expected pixels 0 to 255. Corruptions change pixels: give the images as bytes, and the normalisation by --preprocess.", error.Message);
    }

    [Fact]
    public void SeveritiesAndProfiles_OutOfPlace_AreRefused()
    {
        using var source = DataSpec.Open("synthetic:shapes?n=4", new DataOptions());
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => CorruptedDataset.Over(source, CorruptionTable.Find("contrast"), 6, 0)).Code);
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => CorruptedDataset.Over(source, CorruptionTable.Find("contrast"), 1, 0, CorruptionProfile.ImageNet)).Code);
    }

    private static CorruptedDataset Over(string spec, Corruption corruption) => CorruptedDataset.Over(DataSpec.Open(spec, new DataOptions()), corruption, 3, 5);

    private static byte[] Read(CorruptedDataset data, int index)
    {
        var pixels = new byte[data.Shape.Count];
        data.ReadPixels(index, pixels);
        return pixels;
    }

    /// <summary>[C,H,W] as [H,W,C].</summary>
    private static float[] Interleaved(ReadOnlySpan<float> planes)
    {
        var pixels = new float[planes.Length];
        for (var i = 0; i < planes.Length; i++) pixels[i % 1024 * 3 + i / 1024] = planes[i];
        return pixels;
    }
}
