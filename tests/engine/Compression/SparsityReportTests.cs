using OnnxAudit.Compression;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Compression;

public class SparsityReportTests
{
    [Fact]
    public void Of_CountsPrunableAndAllParameters()
    {
        var model = Models.Chain([1f, 0f, -0f, float.NaN], [0f, 5f]);
        var g = model.Graph;
        Value Row(string name, params float[] v) => g.SetInitializer(name, Tensor.FromFloats([v.Length], v));
        g.AddNode("BatchNormalization", [g.Value("y1"), Row("s", 0, 1), Row("b", 0, 0), Row("mean", 0, 0), Row("var", 0, 1)], [g.Value("n")], "bn");
        g.AddNode("Clip", [g.Value("n"), g.SetInitializer("low", Tensor.FromFloats([], [0f]))], [g.Value("z")], "clip");
        var report = SparsityReport.Of(model);
        Assert.Equal([("w0", 4L, 2L), ("w1", 2L, 1L)], report.Tensors.Select(t => (t.Name, t.Count, t.Zeros)));
        Assert.Equal((6L, 3L, 0.5), (report.Prunable.Count, report.Prunable.Zeros, report.Prunable.Sparsity));
        Assert.Equal((10L, 6L), (report.Parameters.Count, report.Parameters.Zeros));
    }

    [Fact]
    public void Of_CountsOverrides_InPlaceOfTheModelsOwn()
    {
        var report = SparsityReport.Of(Models.Chain([1f, 2f]), [new("w0", Tensor.FromFloats([2], [0f, 0f]))]);
        Assert.Equal(2, report.Prunable.Zeros);
    }

    [Theory]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float)]
    [InlineData(ElementType.Double)]
    public void Zeros_CountBothSigns_InEveryFloatType(ElementType type)
    {
        var width = type.Bits() / 8;
        var data = new byte[101 * width];
        for (var i = 0; i < 101; i++)
            if (i % 3 == 0) data[i * width] = 1;
            else if (i % 3 == 1) data[i * width + width - 1] = 0x80;
        Assert.Equal(101 - 34, Zeros.Of(new Tensor(type, [101], data)));
    }
}
