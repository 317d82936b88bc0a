using OnnxAudit.Compression;
using OnnxAudit.Compression.Structured;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Oracles.Architectures;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Compression.Structured;

/// <summary>shrink from file to file.</summary>
public sealed class StructuredRemovalTests : IDisposable
{
    private const string Data = "synthetic:shapes#train[0:48]";
    private static readonly string Demo = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public StructuredRemovalTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheDemoModel_LosesHalfItsFilters_WithLineageAndPreprocessing()
    {
        var report = Run(Request());
        var child = OnnxReader.Read(report.Path);
        Assert.Equal((160, 80), (report.Groups, report.Removed));
        Assert.Equal([8, 16, 24, 32, 10], report.Layers.Select(l => l.After.Channels));
        Assert.Equal("they are the output 'logits'", Assert.Single(report.Kept).Why);
        Assert.Equal(("shrink", "l1", "0.5", "layer"), (report.Recipe.Operation, report.Recipe.Parameter("criterion"), report.Recipe.Parameter("amount"), report.Recipe.Parameter("scope")));
        Assert.Equal(report.Recipe.ToJson(), Recipe.Read(child)!.ToJson());
        Assert.NotNull(child.MetadataOf(Preprocessing.MetadataKey));
        Assert.True(report.After.Flops < 0.3 * report.Before.Flops);
        Assert.Equal(new FileInfo(report.Path).Length, report.BytesAfter);
        Assert.Equal((null, null), (report.LatencyBefore, report.LatencyAfter));
    }

    [Theory]
    [InlineData(StructuredCriterion.L2, MaskScope.Global)]
    [InlineData(StructuredCriterion.NormScale, MaskScope.Layer)]
    [InlineData(StructuredCriterion.Taylor, MaskScope.Layer)]
    [InlineData(StructuredCriterion.TaylorSum, MaskScope.Global)]
    [InlineData(StructuredCriterion.Random, MaskScope.Layer)]
    public void EveryCriterion_GivesTheSameBytesTwice_AndTheFunctionOfTheZeroedModel(StructuredCriterion criterion, MaskScope scope)
    {
        var request = Request() with { Criterion = criterion, Scope = scope, Data = StructuredCriteria.NeedsData(criterion) ? Data : null, Samples = 32, Seed = 4 };
        var (once, again) = (Run(request), Run(request with { OutPath = At("again.onnx") }));
        Assert.Equal(File.ReadAllBytes(once.Path), File.ReadAllBytes(again.Path));
        Assert.Equal(80, once.Removed);
        var zeroed = Run(request with { OutPath = At("zeroed.onnx"), ZeroOnly = true });
        Assert.Equal("yes", zeroed.Recipe.Parameter("zero only"));
        Assert.All(zeroed.Layers, l => Assert.Equal(l.Before.Channels, l.After.Channels));
        Removals.AssertSameScores(Removals.Scores(OnnxReader.Read(zeroed.Path)), Removals.Scores(OnnxReader.Read(once.Path)));
    }

    [Fact]
    public void TaylorOfData_ChoosesOtherFiltersThanMagnitude()
    {
        var taylor = Run(Request() with { Criterion = StructuredCriterion.Taylor, Data = Data, Samples = 32 });
        Assert.Equal("32", taylor.Recipe.Parameter("samples"));
        Assert.Contains("sha256:", taylor.Recipe.Parameter("data"), StringComparison.Ordinal);
        var magnitude = Run(Request() with { OutPath = At("l1.onnx") });
        Assert.NotEqual(Weights(magnitude.Path), Weights(taylor.Path));

        static float[] Weights(string path) => [.. OnnxReader.Read(path).Graph.Nodes.Where(n => n.Is("Conv")).SelectMany(n => n.Input(1)!.Initializer!.ToFloats().ToArray())];
    }

    /// <summary>Exporters of older PyTorch compute the shape of a flattening: Shape, Gather, Concat.</summary>
    [Fact]
    public void ComputedShapes_AreFoldedFirst()
    {
        var net = new NetBuilder("small", new NetSize(8, Opset: 13));
        var pooled = net.Input.Conv("a", 4, 3).MaxPool(4, 4);
        var batch = net.Node("Unsqueeze", [net.Node("Gather", [net.Node("Shape", [pooled.Value]), net.Integer(0)], NodeAttribute.Of("axis", 0L)), net.Integers(0)]);
        var shape = net.Node("Concat", [batch, net.Integers(16)], NodeAttribute.Of("axis", 0L));
        OnnxWriter.Write(net.Classify("fc", net.Node("Reshape", [pooled.Value, shape]), 16), At("computed.onnx"));
        var report = Run(Request() with { ModelPath = At("computed.onnx") });
        Assert.Equal([2, 10], report.Layers.Select(l => l.After.Channels));
        Assert.Equal(20, Removals.Scores(OnnxReader.Read(report.Path), side: 8).Length);
    }

    [Fact]
    public void ExternalWeights_StayOutside()
    {
        OnnxWriter.Write(OnnxReader.Read(Demo), At("outside.onnx"), new OnnxWriteOptions { ExternalDataFile = "outside.onnx.data" });
        var report = Run(Request() with { ModelPath = At("outside.onnx") });
        Assert.Equal(new FileInfo(report.Path).Length + new FileInfo(report.Path + ".data").Length, report.BytesAfter);
        Assert.Equal(20, Removals.Scores(OnnxReader.Read(report.Path)).Length);
    }

    public static TheoryData<Func<StructuredRequest, StructuredRequest>, string> BadRequests => new()
    {
        { r => r with { Amount = 0 }, "amount: found 0; expected a fraction to remove, 0 < amount < 1" },
        { r => r with { Amount = 1 }, "amount: found 1;" },
        { r => r with { Amount = double.NaN }, "amount: found NaN;" },
        { r => r with { MultipleOf = 0 }, "multiple of: found 0;" },
        { r => r with { LatencyRuns = -1 }, "latency runs: found -1;" },
        { r => r with { Criterion = StructuredCriterion.Taylor }, "criterion taylor: found no data;" },
        { r => r with { Data = Data }, "criterion l1: found data" },
        { r => r with { Include = ["nowhere"] }, "include pattern 'nowhere'" },
        { r => r with { Exclude = ["Conv"] }, "found no channel that may go" },
        { r => r with { Amount = 0.001 }, "found no channel to remove; expected at least one whole group: the largest set of layers has 64" },
        { r => r with { OutPath = r.ModelPath }, "the output in one file" },
    };

    [Theory]
    [MemberData(nameof(BadRequests), DisableDiscoveryEnumeration = true)]
    public void BadRequests_AreRefused_AndNothingIsWritten(Func<StructuredRequest, StructuredRequest> change, string expected)
    {
        var request = change(Request());
        Assert.Contains(expected, Assert.Throws<AuditException>(() => Run(request)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(At("out.onnx")));
        if (request.OutPath != request.ModelPath) Assert.Contains(expected, Assert.Throws<AuditException>(() => StructuredRemoval.Check(request, graph: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelWhoseOnlyLayerMakesTheScores_HasNothingToRemove()
    {
        var net = new NetBuilder("small", new NetSize(8));
        OnnxWriter.Write(net.Classify("fc", net.Input.GlobalPool().Flat(), 3), At("linear.onnx"));
        var error = Assert.Throws<AuditException>(() => Run(Request() with { ModelPath = At("linear.onnx") }));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.EndsWith("Gemm_2: they are the output 'logits'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_FindsNothingWrongWithWhatRuns() => StructuredRemoval.Check(Request(), graph: true);

    private string At(string name) => Path.Combine(_folder.Path, name);

    private StructuredRequest Request() => new(Demo, At("out.onnx"), 0.5, StructuredCriterion.L1, RuntimeLibrary.Loaded, "1.2.3") { LatencyRuns = 0 };

    private static StructuredReport Run(StructuredRequest request) => StructuredRemoval.Run(request, TimeProvider.System);
}
