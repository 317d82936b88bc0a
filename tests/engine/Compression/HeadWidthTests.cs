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
        string Made(ulong seed, string name) => HeadWidth.Run(new WidthRequest(Net(true), _folder.In(name), 5, "1") { Seed = seed }).Sha256;
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

    [Fact]
    public void ANetworkWhoseFeaturesArePooled_IsAnError()
    {
        var model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
        var error = Assert.Throws<AuditException>(() => HeadWidth.Check(new WidthRequest(model, "out.onnx", 8, "1"), graph: true));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains("before the classifier", error.Message, StringComparison.Ordinal);
    }

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
