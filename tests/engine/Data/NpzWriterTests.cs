using OnnxAudit.Data;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Data;

public sealed class NpzWriterTests : IDisposable
{
    private readonly Written _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Arrays_AreReadBack_UnderNamesWithSlashesToo_AndTheBytesRepeat()
    {
        KeyValuePair<string, Tensor>[] arrays =
            [new("a.weight", Tensor.FromFloats([2, 2], [1, -2, 3, float.NaN])), new("/b/w", Tensor.From<long>(ElementType.Int64, [3], [1, 2, 3])), new("none", Tensor.FromFloats([0], []))];
        NpzWriter.Write(_files["a.npz"], arrays);
        NpzWriter.Write(_files["b.npz"], arrays);
        Assert.Equal(File.ReadAllBytes(_files["a.npz"]), File.ReadAllBytes(_files["b.npz"]));
        Assert.Equal(["a.weight", "/b/w", "none"], NpzFile.Members(_files["a.npz"]).Select(m => m.Name));
        foreach (var (name, tensor) in arrays)
        {
            var (where, bytes) = NpzFile.ReadMember(_files["a.npz"], name);
            var read = NpyFile.OverMemory(where, bytes).ToTensor();
            Assert.Equal((tensor.Type, tensor.Dims.ToArray()), (read.Type, read.Dims.ToArray()), (a, b) => a.Type == b.Type && a.Item2.SequenceEqual(b.Item2));
            Assert.True(tensor.Data.Span.SequenceEqual(read.Data.Span));
        }
    }
}
