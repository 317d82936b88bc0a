using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Compression.Quantisation;

/// <summary>What a plan takes in and what its graph computes, against the definition in float64.</summary>
public class QdqInsertionTests
{
    private static readonly QuantisationRequest Request = new("", "", "", Ort.Library, "test");

    [Fact]
    public void Weights_HaveAScalePerChannel_OrOneForAll()
    {
        float[] weight = [1, -2, 0.5f, 0.25f]; // two output channels of two inputs
        var (scales, codes) = QdqInsertion.Weight(weight, 2, 2, null, 0.1f, perTensor: false, 127);
        Assert.Equal([2f / 127, 0.5f / 127], scales);
        Assert.Equal([64, -127, 127, 64], codes.Select(c => (int)c));
        var one = QdqInsertion.Weight(weight, 2, 2, null, 0.1f, perTensor: true, 127);
        Assert.Equal([2f / 127], one.Scales);
        Assert.Equal([64, -127, 32, 16], one.Codes.Select(c => (int)c));
        Assert.Equal(63, QdqInsertion.Weight(weight, 2, 2, null, 0.1f, perTensor: false, 63).Codes.Max());
    }

    [Fact]
    public void OutputChannels_MayBeTheLastAxis()
    {
        var (scales, codes) = QdqInsertion.Weight([1, -4, 0.5f, -1], 2, 1, null, 1, perTensor: false, 127);
        Assert.Equal([1f / 127, 4f / 127], scales);
        Assert.Equal([127, -127, 64, -32], codes.Select(c => (int)c));
    }

    /// <summary>A filter that pruning emptied has no scale of its own; its bias, all it computes, must not round to a coarse grid.</summary>
    [Fact]
    public void EmptyFilters_KeepTheirBias()
    {
        var (scales, codes) = QdqInsertion.Weight([0, 0], 1, 2, [0.37f], 0.02f, perTensor: false, 127);
        Assert.All(codes, c => Assert.Equal(0, c));
        var step = scales[0] * 0.02f;
        Assert.Equal(0.37, Math.Round(0.37 / step) * step, 1e-7);
        Assert.True(0.37 / step < int.MaxValue);
        Assert.Equal(1, QdqInsertion.Weight([0, 0], 1, 2, null, 0.02f, perTensor: false, 127).Scales[0]);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void AGemm_ComputesWhatTheCodesSay(bool perTensor, bool signed)
    {
        var model = Gemms();
        var graph = model.Graph;
        var plan = QuantisationPlan.Of(model, []);
        var weight = graph.Find("w")!.Initializer!.ToFloats();
        var bias = graph.Find("b")!.Initializer!.ToFloats();
        Assert.Equal(["x", "h"], plan.Activations.Keys.Select(v => v.Name)); // the scores stay float32
        AffineCode In(double high) => signed ? AffineCode.Symmetric(-2, high) : AffineCode.Asymmetric(-2, high);
        var codes = plan.Activations.Keys.ToDictionary(v => v, v => v.Name == "x" ? In(3) : AffineCodeOf(signed));
        var x = codes.First(c => c.Key.Name == "x").Value;
        var h = codes.First(c => c.Key.Name == "h").Value;
        QdqInsertion.Apply(graph, plan, codes, Request with { PerTensor = perTensor, SymmetricActivations = signed });
        Assert.Null(GraphRules.FirstBroken(graph));
        float[] input = [0.3f, -1.7f, 2.9f, 9, -9, 0];
        double[] expected = Layer(Layer([.. input.Select(v => (double)x.Dequantise(x.Quantise(v)))], weight, bias, x.Scale, perTensor, h), weight, bias, h.Scale, perTensor, null);
        foreach (var level in new[] { OptimisationLevel.None, OptimisationLevel.All })
        {
            using var session = Ort.Session(model, new SessionSettings { Level = level });
            using var fed = OrtTensor.Over(input.AsMemory(), [2, 3]);
            var found = Ort.Floats(session, "y", ("x", fed));
            for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-5); // sums of three float32 products below 30
        }
    }

    [Fact]
    public void ExcludedLayers_KeepWeightsAndReadFloat32()
    {
        var model = Gemms();
        var plan = QuantisationPlan.Of(model, ["second"]);
        Assert.Equal(["first"], plan.Layers.Select(l => l.Name));
        QdqInsertion.Apply(model.Graph, plan, plan.Activations.Keys.ToDictionary(v => v, _ => AffineCode.Asymmetric(-2, 3)), Request);
        var second = model.Graph.Nodes.Single(n => n.Name == "second");
        Assert.Equal(["h", "w", "b"], second.Inputs.Select(i => i!.Name));
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => QuantisationPlan.Of(Gemms(), ["third"])).Code);
    }

    [Fact]
    public void NothingToQuantise_AndQuantisedAlready_AreSaid()
    {
        Assert.Equal("all 2 layers excluded", Assert.Throws<AuditException>(() => QuantisationPlan.Of(Gemms(), ["Gemm"])).Found);
        Assert.Equal("no layer to quantise", Assert.Throws<AuditException>(() => QuantisationPlan.Of(Models.Chain([1f, 2f]), [])).Found);
        var model = Gemms();
        var plan = QuantisationPlan.Of(model, []);
        QdqInsertion.Apply(model.Graph, plan, plan.Activations.Keys.ToDictionary(v => v, _ => AffineCode.Asymmetric(-2, 3)), Request);
        Assert.Equal("a quantised model", Assert.Throws<AuditException>(() => QuantisationPlan.Of(model, [])).Found);
    }

    private static AffineCode AffineCodeOf(bool signed) => signed ? AffineCode.Symmetric(0, 4) : AffineCode.Asymmetric(0, 4);

    // relu of the product where a code follows, with weights as int8 of the right axis and the bias in whole steps.
    private static double[] Layer(double[] rows, float[] weight, float[] bias, float step, bool perTensor, AffineCode? output)
    {
        var y = new double[rows.Length];
        var all = weight.Max(Math.Abs) / 127;
        for (var n = 0; n < rows.Length / 3; n++)
            for (var c = 0; c < 3; c++)
            {
                var scale = perTensor ? all : Enumerable.Range(0, 3).Max(k => Math.Abs(weight[k * 3 + c])) / 127;
                double sum = Math.Round(bias[c] / ((double)scale * step), MidpointRounding.ToEven) * scale * step;
                for (var k = 0; k < 3; k++) sum += rows[n * 3 + k] * Math.Clamp(Math.Round(weight[k * 3 + c] / scale, MidpointRounding.ToEven), -127, 127) * scale;
                y[n * 3 + c] = output is { } code ? code.Dequantise(code.Quantise((float)Math.Max(sum, 0))) : sum;
            }

        return y;
    }

    // y = relu(x·w + b)·w + b, w [3,3] with output channels of very different size.
    private static Model Gemms()
    {
        var graph = new Graph("gemms");
        var model = new Model(graph) { IrVersion = 8 };
        model.Opsets.Add(new("", 13));
        Value Of(string name) => graph.Value(name);
        Of("x").Type = new TensorType(ElementType.Float, [new Dim(null, "batch"), 3]);
        Of("y").Type = new TensorType(ElementType.Float, [new Dim(null, "batch"), 3]);
        graph.AddInput(Of("x"));
        graph.AddOutput(Of("y"));
        graph.SetInitializer("w", Tensor.FromFloats([3, 3], [1, 0.01f, -0.3f, 0.4f, -0.007f, 0.21f, -0.77f, 0.003f, 0.1f]));
        graph.SetInitializer("b", Tensor.FromFloats([3], [0.5f, -0.002f, 0.7f]));
        graph.AddNode("Gemm", [Of("x"), Of("w"), Of("b")], [Of("g")], "first");
        graph.AddNode("Relu", [Of("g")], [Of("h")], "relu");
        graph.AddNode("Gemm", [Of("h"), Of("w"), Of("b")], [Of("y")], "second");
        return model;
    }
}
