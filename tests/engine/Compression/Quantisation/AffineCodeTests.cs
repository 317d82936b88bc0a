using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Compression.Quantisation;

/// <summary>The 8-bit code against its definition and against the runtime's operators.</summary>
public class AffineCodeTests
{
    [Fact]
    public void Asymmetric_HoldsZeroExactly_AndCoversTheWidenedRange()
    {
        foreach (var (low, high, scale, zero) in new (double, double, double, int)[] { (0, 5.1, .02, 0), (-1, 4.1, .02, 50), (2, 5.1, .02, 0), (-5.1, -2, .02, 255), (0, 0, 1.0, 0) })
        {
            var code = AffineCode.Asymmetric(low, high);
            Assert.Equal(scale, code.Scale, 1e-7);
            Assert.Equal(zero, code.ZeroPoint);
            Assert.Equal(0f, code.Dequantise(code.Quantise(0)));
        }
    }

    [Fact]
    public void Symmetric_HasZeroPointZero_AndAsManyLevelsOnEachSide()
    {
        Assert.Equal(new AffineCode(2f / 127, 0, -127, 127), AffineCode.Symmetric(-1, 2));
        Assert.Equal(new AffineCode(2f / 63, 0, -63, 63), AffineCode.Symmetric(-2, 1, 63));
        Assert.Equal(-127, AffineCode.Symmetric(-1, 2).Quantise(-9));
    }

    [Theory]
    [InlineData(0.5f, 0)]
    [InlineData(1.5f, 2)]
    [InlineData(2.5f, 2)]
    [InlineData(254.5f, 254)]
    [InlineData(255.5f, 255)]
    [InlineData(1e30f, 255)]
    [InlineData(-0.6f, 0)]
    public void Halves_GoToTheEvenNumber_AndEndsSaturate(float x, int expected) => Assert.Equal(expected, new AffineCode(1, 0, 0, 255).Quantise(x));

    [Fact]
    public void Codes_AreTheRuntimes()
    {
        var code = AffineCode.Asymmetric(-1.3, 2.9);
        var graph = new Graph("q");
        var model = new Model(graph) { IrVersion = 8 };
        model.Opsets.Add(new("", 13));
        var (x, q, y) = (graph.Value("x"), graph.Value("q"), graph.Value("y"));
        (x.Type, y.Type) = (new TensorType(ElementType.Float, [new Dim(null, "n")]), new TensorType(ElementType.Float, [new Dim(null, "n")]));
        graph.AddInput(x);
        graph.AddOutput(y);
        var scale = graph.SetInitializer("scale", Tensor.FromFloats([], [code.Scale]));
        var zero = graph.SetInitializer("zero", Tensor.From<byte>(ElementType.UInt8, [], [(byte)code.ZeroPoint]));
        graph.AddNode("QuantizeLinear", [x, scale, zero], [q]);
        graph.AddNode("DequantizeLinear", [q, scale, zero], [y]);
        float[] values = [.. Enumerable.Range(-400, 1000).Select(i => i * code.Scale / 2)];
        using var session = Ort.Session(model);
        using var input = OrtTensor.Over(values.AsMemory(), [values.Length]);
        Assert.Equal([.. values.Select(v => code.Dequantise(code.Quantise(v)))], Ort.Floats(session, "y", ("x", input)));
    }
}
