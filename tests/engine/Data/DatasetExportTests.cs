using OnnxAudit.Data;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Data;

public sealed class DatasetExportTests
{
    [Fact]
    public void ExportedArrays_OpenAsTheSameDataset()
    {
        using var written = new Written();
        using var dataset = DataSpec.Open("synthetic:shapes?n=30#train[4:16]", new DataOptions());
        DatasetExport.Write(dataset, written["out"]);
        Assert.Equal(dataset.Classes, File.ReadAllLines(written["out/classes.txt"]));
        using var again = DataSpec.Open($"npy:{written["out/images.npy"]},{written["out/labels.npy"]}", new DataOptions());
        Assert.Equal(dataset.Labels.ToArray(), again.Labels.ToArray());
        var (a, b) = (new byte[3072], new byte[3072]);
        for (var i = 0; i < dataset.Count; i++)
        {
            dataset.ReadPixels(i, a);
            again.ReadPixels(i, b);
            Assert.Equal(a, b);
        }

        Assert.Equal(ElementType.Int64, NpyFile.Read(written["out/labels.npy"]).Type);
    }

    [Fact]
    public void Floats_AreExportedAsFloats()
    {
        using var written = new Written();
        var images = written.Npy("x.npy", ElementType.Float, [2, 1, 1, 2], new[] { 1f, 2, 3, 4 });
        using var dataset = DataSpec.Open($"npy:{images},{written.Npy("l.npy", ElementType.UInt8, [2], new byte[] { 0, 1 })}", new DataOptions());
        DatasetExport.Write(dataset, written["out"]);
        Assert.Equal([1f, 2, 3, 4], NpyFile.Read(written["out/images.npy"]).Span<float>().ToArray());
    }
}
