using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Compression;

/// <summary>Another number of penultimate features.</summary>
public sealed class HeadWidthTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public HeadWidthTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, true)]
    [InlineData(7, false)]
    [InlineData(300, true)]
    public void Head_HasTheFeaturesAskedFor_AndTheModelRuns(int features, bool transposed)
    {
        var report = HeadWidth.Run(new WidthRequest(Net(transposed), _folder.In("out.onnx"), features, "1"));
        Assert.Equal((4, features, features * (6 + 1) + 3 * (features + 1L)), (report.Before, report.After, report.Parameters));
        var model = OnnxReader.Read(report.Path);
        Assert.Null(GraphRules.FirstBroken(model.Graph));
        Assert.Equal(("width", $"{features}"), (Recipe.Read(model)!.Operation, Recipe.Read(model)!.Parameter("features")));
        var head = HeadFinder.Find(model).Require();
        Assert.Equal((3, features), (head.ClassCount, head.FeatureCount));
        Assert.All(head.Weights, w => Assert.InRange(w, -1 / MathF.Sqrt(features), 1 / MathF.Sqrt(features)));
        using var session = OrtSession.FromMemory(RuntimeLibrary.Loaded, OnnxWriter.ToBytes(model), "out.onnx", new SessionSettings());
        using var input = OrtTensor.Over(Tensor.FromFloats([2, 6], [.. Enumerable.Range(0, 12).Select(i => (float)i)]));
        var result = Assert.Single(session.Run([("x", input)], ["logits"]));
        Assert.Equal([2L, 3L], result.ToTensor().Dims.ToArray());
        result.Dispose();
    }

    [Fact]
    public void Weights_FollowFromTheSeed()
    {
        var net = Net(true);
        string Made(ulong seed, string name) => HeadWidth.Run(new WidthRequest(net, _folder.In(name), 5, "1") { Seed = seed }).Sha256;
        Assert.Equal(Made(1, "a.onnx"), Made(1, "b.onnx"));
        Assert.NotEqual(Made(1, "c.onnx"), Made(2, "d.onnx"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    public void AWidthOutOfRange_IsAnError(int features)
    {
        var error = Assert.Throws<AuditException>(() => HeadWidth.Run(new WidthRequest(Net(true), _folder.In("out.onnx"), features, "1")));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.False(File.Exists(_folder.In("out.onnx")));
    }

    /// <summary>A convolution with its normalisation, pooled and flattened before the classifier.</summary>
    [Fact]
    public void TheDemoModel_TakesAnotherWidth()
    {
        var report = HeadWidth.Run(new WidthRequest(Demo, _folder.In("out.onnx"), 5, "1"));
        Assert.Equal((64, 5), (report.Before, report.After));
        var model = OnnxReader.Read(report.Path);
        Assert.Equal(5, HeadFinder.Find(model).Require().FeatureCount);
        using var session = OrtSession.FromMemory(RuntimeLibrary.Loaded, OnnxWriter.ToBytes(model), "out.onnx", new SessionSettings());
        using var input = OrtTensor.Over(Tensor.FromFloats([1, 3, 32, 32], new float[3072]));
        var result = Assert.Single(session.Run([("input", input)], ["logits"]));
        Assert.Equal([1L, 10L], result.ToTensor().Dims.ToArray());
        result.Dispose();
    }

    [Fact]
    public void ANetworkWithAShortcutAtItsEnd_IsAnError()
    {
        var model = OnnxReader.Read(Demo);
        var relu = model.Graph.Nodes.Last(n => n.Is("Relu"));
        var sum = model.Graph.NewValue("sum");
        Graph.ReplaceUses(relu.Outputs[0]!, sum);
        model.Graph.AddNode("Add", [relu.Outputs[0], relu.Outputs[0]], [sum], "shortcut");
        GraphOrder.Sort(model.Graph);
        OnnxWriter.Write(model, _folder.In("shortcut.onnx"));
        var error = Assert.Throws<AuditException>(() => HeadWidth.Check(new WidthRequest(_folder.In("shortcut.onnx"), "out.onnx", 8, "1"), graph: true));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains("'shortcut' (Add)", error.Message, StringComparison.Ordinal);
    }

    private static string Demo => Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");

    private string Net(bool transposed)
    {
        var model = new Model(new Graph("net")) { Source = "net.onnx" };
        model.Opsets.Add(new("", 13));
        var graph = model.Graph;
        Value Typed(string name, params Dim[] shape)
        {
            var value = graph.Value(name);
            value.Type = new TensorType(ElementType.Float, shape);
            return value;
        }

        Value Numbers(string name, params long[] dims) =>
            graph.SetInitializer(name, Tensor.FromFloats(dims, [.. Enumerable.Range(0, (int)Tensor.CountOf(dims)).Select(i => 0.1f * (i % 5 - 2))]));

        Value Linear(Value x, string name, long inputs, long outputs, Value y)
        {
            var node = graph.AddNode("Gemm", [x, Numbers($"{name}.weight", transposed ? [outputs, inputs] : [inputs, outputs]), Numbers($"{name}.bias", outputs)], [y], name);
            if (transposed) node.Set(NodeAttribute.Of("transB", 1L));
            return y;
        }

        var x = Typed("x", new Dim(null, "batch"), 6);
        graph.AddInput(x);
        var hidden = Linear(x, "hidden", 6, 4, Typed("h", new Dim(null, "batch"), 4));
        var relu = Typed("features", new Dim(null, "batch"), 4);
        graph.AddNode("Relu", [hidden], [relu], "relu");
        graph.AddOutput(Linear(relu, "fc", 4, 3, Typed("logits", new Dim(null, "batch"), 3)));
        var path = _folder.In($"net-{Guid.NewGuid():N}.onnx");
        OnnxWriter.Write(model, path);
        return path;
    }
}
