using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Compression.Factorisation;
using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Oracles;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Tests.Tools;

namespace OnnxAudit.Tests.Compression.Factorisation;

/// <summary>factorize: layers in float64 before and after, and the demo model from file to file.</summary>
public sealed class FactorisingTests : IDisposable
{
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public FactorisingTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    /// <summary>With the full rank the two layers compute what the one did; with less, what the product of the factors does.</summary>
    [Theory]
    [InlineData("Conv")]
    [InlineData("Gemm")]
    [InlineData("Gemm transB")]
    [InlineData("MatMul")]
    public void TwoLayers_ComputeWhatTheirProductDoes(string form)
    {
        long[] shape = form == "Conv" ? [2, 3, 7, 6] : [4, 6];
        long[] dims = form switch { "Conv" => [5, 3, 3, 2], "Gemm transB" => [5, 6], _ => [6, 5] };
        var weight = Models.Weights((int)Tensor.CountOf(dims), 9);
        var feeds = new Dictionary<string, Float64Tensor> { ["x"] = Float64Tensor.Random(5, shape) };
        foreach (var rank in new[] { 2, 5 })
        {
            var (model, lower) = (Of(form, dims, weight, shape), Of(form, dims, weight, shape));
            var layer = QuantisableLayer.Of(model.Graph.Nodes[0])!;
            var (rows, columns) = LayerFactors.SidesOf(layer);
            var factors = LowRank.Of(weight, rows, columns, rank, 1, 1);
            new LayerFactors(model.Graph).Replace(layer, factors);
            GraphTrim.Trim(model.Graph);
            Assert.Null(GraphRules.FirstBroken(model.Graph));
            Assert.Equal(["layer_factor", "layer"], model.Graph.Nodes.Select(n => n.Name));
            var product = new float[weight.Length];
            for (var i = 0; i < product.Length; i++)
                for (var k = 0; k < rank; k++) product[i] += factors.Left[i / columns * rank + k] * factors.Right[k * columns + i % columns];
            lower.Graph.SetInitializer("w", Tensor.FromFloats(dims, product));
            var (expected, found) = (Float64Evaluator.Run(lower.Graph, feeds, "y")["y"], Float64Evaluator.Run(model.Graph, feeds, "y")["y"]);
            Assert.Equal(expected.Dims, found.Dims);
            for (var i = 0; i < expected.Values.Length; i++) Assert.Equal(expected.Values[i], found.Values[i], 1e-5);
            if (rank < 5) continue;
            var original = Float64Evaluator.Run(Of(form, dims, weight, shape).Graph, feeds, "y")["y"];
            for (var i = 0; i < expected.Values.Length; i++) Assert.Equal(original.Values[i], found.Values[i], 1e-5);
        }
    }

    [Fact]
    public void TheDemoModel_KeepsItsHead_AndTellsItsLineage()
    {
        var request = Request("out.onnx") with { Energy = 0.95 };
        var report = Factorising.Run(request);
        Assert.Equal(report.Sha256, Factorising.Run(request with { OutPath = _folder.In("again.onnx"), Threads = 2 }).Sha256);
        Assert.Contains(report.Kept, k => k.Layer == "/fc/Gemm" && k.Why.StartsWith("the classifier head", StringComparison.Ordinal));
        Assert.All(report.Layers, l =>
        {
            Assert.InRange(l.Energy, 0.95, 1);
            Assert.True(l.After < l.Before && l.After == (long)l.Rank * (l.Shape[0] + l.Before / l.Shape[0]), l.ToString());
        });
        Assert.Equal(report.Before!.Parameters - report.After!.Parameters, report.Layers.Sum(l => l.Before - l.After));
        Assert.True(report.After.Flops < report.Before.Flops && report.BytesAfter < report.BytesBefore);
        var (model, parent) = (OnnxReader.Read(report.Path), OnnxReader.Read(Model));
        Assert.Equal(("factorize", "0.95"), (Recipe.Read(model)!.Operation, Recipe.Read(model)!.Parameter("energy")));
        Assert.Equal(HeadFinder.Find(parent).Require().Weights, HeadFinder.Find(model).Require().Weights);
        using var trial = ModelTrial.Open(Model, "synthetic:shapes#test[0:500]", null, null);
        var result = trial.Run(report.Path, Ort.Library, 1);
        Assert.InRange(result.After, result.Before - 0.1, 1);
        Assert.InRange(result.Agreement, 0.85, 1);
    }

    [Fact]
    public void AnAudit_OfTheResult_HasTheGeometry()
    {
        var path = Factorising.Run(Request("thin.onnx") with { Energy = 0.99 }).Path;
        var run = CliRun.Of("audit", Model, path, "--data", "synthetic:shapes#test[0:100]", "-o", _folder.In("bundle"), "--latency-runs", "0", "--json");
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        var metrics = document.RootElement.GetProperty("cells").EnumerateArray().Select(c => c.GetProperty("metrics")).ToArray();
        Assert.Equal(1, metrics[1].GetProperty("angle.mean").GetDouble() / metrics[0].GetProperty("angle.mean").GetDouble(), 0.1);
    }

    /// <summary>Ranks by ratio: the most that stay within the share of the weights.</summary>
    [Fact]
    public void Ratio_IsHeldByEveryLayer()
    {
        var report = Factorising.Run(Request("out.onnx") with { Ratio = 0.4, IncludeHead = true });
        Assert.Contains(report.Layers, l => l.Layer == "/fc/Gemm");
        Assert.All(report.Layers, l => Assert.InRange((double)l.After / l.Before, 0.4 - (double)(l.After / l.Rank) / l.Before, 0.4));
    }

    [Fact]
    public void NonsenseRequests_AreRefused_AndWriteNothing()
    {
        AuditException Refused(FactorisationRequest request) => Assert.Throws<AuditException>(() => Factorising.Run(request));
        var request = Request("out.onnx");
        Assert.Equal((AuditCode.Usage, "neither energy nor rank nor ratio"), (Refused(request).Code, Refused(request).Found));
        Assert.Equal("more than one of energy, rank and ratio", Refused(request with { Rank = 3, Energy = 0.5 }).Found);
        Assert.Equal("1.5", Refused(request with { Energy = 1.5 }).Found);
        Assert.Equal("NaN", Refused(request with { Ratio = double.NaN }).Found);
        Assert.Equal("0", Refused(request with { Rank = 0 }).Found);
        Assert.Equal((AuditCode.Invalid, true), (Refused(request with { Rank = 1000 }).Code, Refused(request with { Rank = 1000 }).Found.StartsWith("no layer that gets smaller", StringComparison.Ordinal)));
        Assert.StartsWith("no layer that gets smaller", Refused(request with { Energy = 1 }).Found, StringComparison.Ordinal);
        Assert.Equal("all 5 layers excluded", Refused(request with { Energy = 0.9, Exclude = ["*"] }).Found);
        Assert.Equal(AuditCode.Usage, Refused(request with { Energy = 0.9, OutPath = Model }).Code);
        Assert.Throws<AuditException>(() => Factorising.Check(request with { Rank = 1000 }, graph: true));
        Assert.False(File.Exists(_folder.In("out.onnx")));
    }

    [Fact]
    public void TheVerb_SaysWhatItDid()
    {
        var run = CliRun.Of("factorize", Model, "--energy", "0.9", "--test", "synthetic:shapes#test[0:60]", "-o", _folder.In("verb.onnx"));
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("kept whole: /fc/Gemm, the classifier head", run.Out, StringComparison.Ordinal);
        Assert.Contains("on 60 images", run.Out, StringComparison.Ordinal);
        Assert.Equal(2, CliRun.Of("factorize", Model, "-o", _folder.In("none.onnx")).Code);
        Assert.False(File.Exists(_folder.In("none.onnx")));
    }

    private FactorisationRequest Request(string name) => new(Model, _folder.In(name), Ort.Library, "test");

    private static Model Of(string form, long[] dims, float[] weight, long[] shape)
    {
        var graph = new Graph("layer");
        var model = new Model(graph);
        model.Opsets.Add(new("", 13));
        var (x, y) = (graph.Value("x"), graph.Value("y"));
        x.Type = new TensorType(ElementType.Float, [.. shape.Select(d => (Dim)d)]);
        y.Type = new TensorType(ElementType.Float, null);
        graph.AddInput(x);
        graph.AddOutput(y);
        var (w, b) = (graph.SetInitializer("w", Tensor.FromFloats(dims, weight)), graph.SetInitializer("b", Tensor.FromFloats([5], Models.Weights(5, 2))));
        var node = graph.AddNode(form.Split(' ')[0], form == "MatMul" ? [x, w] : [x, w, b], [y], "layer");
        if (form == "Conv") node.Set(NodeAttribute.Of("kernel_shape", [3L, 2L])).Set(NodeAttribute.Of("strides", [2L, 1L])).Set(NodeAttribute.Of("pads", [1L, 1L, 0L, 2L])).Set(NodeAttribute.Of("dilations", [1L, 2L]));
        if (form.StartsWith("Gemm", StringComparison.Ordinal)) node.Set(NodeAttribute.Of("alpha", 0.5f)).Set(NodeAttribute.Of("beta", -2f)).Set(NodeAttribute.Of("transB", form == "Gemm" ? 0L : 1));
        return model;
    }
}
