using System.Text.Json;
using OnnxAudit.Comparison.Layers;
using OnnxAudit.Compression;
using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Reports;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Tests.Tools;

namespace OnnxAudit.Tests.Compression.Quantisation;

/// <summary>Codes that need no data, from file to file: by what the files hold, by accuracy, and by an audit of them.</summary>
public sealed class WeightCodingTests : IDisposable
{
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public WeightCodingTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Codes => [.. WeightCodes.Names.Keys];

    [Theory]
    [MemberData(nameof(Codes))]
    public void TheDemoModel_LosesLessThanAPoint_AndTellsItsLineageAndItsHead(string code)
    {
        var report = WeightCoding.Run(Request(code, "out.onnx"));
        using var trial = ModelTrial.Open(Model, "synthetic:shapes#test[0:500]", null, null);
        var result = trial.Run(report.Path, Ort.Library, 1);
        Assert.InRange(result.After, result.Before - 0.01, 1);
        Assert.InRange(report.BytesAfter, 0, 0.55 * report.BytesBefore);
        Assert.InRange(report.Change!.Value, 1e-6, 0.03);
        var model = OnnxReader.Read(report.Path);
        Assert.Null(GraphRules.FirstBroken(model.Graph));
        Assert.Equal(("quantize", code), (Recipe.Read(model)!.Operation, Recipe.Read(model)!.Parameter("code")));
        Assert.NotNull(model.MetadataOf(Preprocessing.MetadataKey));
        Assert.Equal(report.Sha256, WeightCoding.Run(Request(code, "again.onnx")).Sha256);
        var (head, parent) = (HeadFinder.Find(model).Require(), HeadFinder.Find(OnnxReader.Read(Model)).Require());
        Assert.Equal((parent.ClassCount, parent.FeatureCount), (head.ClassCount, head.FeatureCount));
        var largest = parent.Weights.Max(Math.Abs);
        for (var i = 0; i < head.Weights.Length; i++) Assert.Equal(parent.Weights[i], head.Weights[i], 0.01 * largest);
        for (var c = 0; c < 10; c++) Assert.Equal(parent.Bias![c], head.Bias![c], code == "float16" ? 1e-3 : 0);
    }

    /// <summary>The audit's angles hardly move: the geometry is that of the decoded weights and of the features they meet.</summary>
    [Theory]
    [MemberData(nameof(Codes))]
    public void AnAudit_FindsTheParentsGeometry(string code)
    {
        var path = WeightCoding.Run(Request(code, "coded.onnx")).Path;
        var run = CliRun.Of("audit", Model, path, "--data", "synthetic:shapes#test[0:100]", "-o", _folder.In("bundle"), "--latency-runs", "0", "--json");
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        var metrics = document.RootElement.GetProperty("cells").EnumerateArray().Select(c => c.GetProperty("metrics")).ToArray();
        foreach (var (name, share) in new[] { ("angle.mean", 0.02), ("length.mean", 0.02), ("margin.mean", 0.05) })
            Assert.Equal(1, metrics[1].GetProperty(name).GetDouble() / metrics[0].GetProperty(name).GetDouble(), share);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(256)]
    public void APalette_DecodesToItsEntries_BitForBit(int entries)
    {
        var report = WeightCoding.Run(Request("palette", "out.onnx") with { Entries = entries });
        var (model, parent) = (OnnxReader.Read(report.Path), OnnxReader.Read(Model));
        foreach (var node in model.Graph.Nodes.Where(n => n.Is("Conv") || n.Is("Gemm")).ToArray())
        {
            var decoded = node.Input(1)!;
            var gather = decoded.Producer!;
            var palette = gather.Input(0)!.Initializer!.ToFloats();
            var indices = gather.Input(1)!.Producer!.Input(0)!;
            Assert.Equal((ElementType.UInt8, true), (indices.Initializer!.Type, palette.Length <= entries));
            float[] expected = [.. indices.Initializer.Data.ToArray().Select(i => palette[i])];
            Assert.Equal(expected, Constants.Resolve(decoded)!.ToFloats());
            model.Graph.AddOutput(decoded);
            var before = parent.Graph.Find(indices.Name)!.Initializer!.ToFloats(); // the indices keep the weight's name
            for (var i = 0; i < before.Length; i++) Assert.Equal(palette.Min(p => Math.Abs((double)p - before[i])), Math.Abs((double)expected[i] - before[i]), 1e-9);
        }

        using var session = Ort.Session(model);
        using var input = OrtTensor.Over(new float[3 * 32 * 32].AsMemory(), [1, 3, 32, 32]);
        foreach (var output in model.Graph.Outputs.Skip(1)) Assert.Equal(Constants.Resolve(output)!.ToFloats(), Ort.Floats(session, output.Name, ("input", input)));
        Assert.InRange(report.Layers.Max(l => l.Bits), Math.Log2(entries), Math.Log2(entries) + 32.0 * entries / 432);
    }

    /// <summary>Layer by layer the comparison of two models sees the decoded weights: its change is the error that was reported.</summary>
    [Theory]
    [MemberData(nameof(Codes))]
    public void LayersOfTheResult_CompareByTheirDecodedWeights(string code)
    {
        var report = WeightCoding.Run(Request(code, "out.onnx"));
        var comparison = LayerComparison.Of(OnnxReader.Read(Model), OnnxReader.Read(report.Path), new LayerSettings { Threads = 1 });
        Assert.Empty(comparison.OnlyInFirst.Concat(comparison.OnlyInSecond));
        foreach (var (weight, layer) in comparison.Weights.Zip(report.Layers)) Assert.Equal(layer.Error, weight.Change!.Measure.RelativeChange, 1e-6);
    }

    [Fact]
    public void APaletteOfAPrunedModel_KeepsItsZeros_AndInspectCountsThem()
    {
        var pruned = _folder.In("pruned.onnx");
        Assert.Equal(0, CliRun.Of("prune", Model, "--method", "magnitude", "--amount", "0.6", "-o", pruned).Code);
        var report = WeightCoding.Run(Request("palette", "out.onnx") with { ModelPath = pruned, Entries = 16 });
        var (before, after) = (ModelSummary.Of(pruned).Layers, ModelSummary.Of(report.Path).Layers);
        Assert.Equal(before.Select(l => (l.Node, l.Count)), after.Select(l => (l.Node, l.Count)));
        Assert.All(after, l => Assert.Equal(ElementType.UInt8, l.Type));
        // Layers where zeros are less than one in 16 have no entry for them.
        foreach (var (l, m) in before.Zip(after).Where(p => p.First.Sparsity > 1 / 16.0)) Assert.InRange(m.Zeros!.Value, l.Zeros!.Value, l.Count);
        Assert.InRange(before.Count(l => l.Sparsity > 1 / 16.0), 3, 5);
    }

    [Fact]
    public void Float16Weights_AreTheRoundedOnes()
    {
        var model = OnnxReader.Read(WeightCoding.Run(Request("float16-weights", "out.onnx")).Path);
        var before = OnnxReader.Read(Model).Graph.Find("fc.weight")!.Initializer!.ToFloats();
        Assert.Equal(ElementType.Float16, model.Graph.Find("fc.weight")!.Initializer!.Type);
        Assert.Equal(before.Select(w => (float)(Half)w), Constants.Resolve(model.Graph.Nodes.Single(n => n.Is("Gemm")).Input(1))!.ToFloats());
    }

    [Fact]
    public void NumbersBeyondFloat16_AreRefused_OrClipped_AndSmallOnesCounted()
    {
        var tensor = Tensor.FromFloats([5], [65519f, -65520f, 1e-8f, 0, float.PositiveInfinity]);
        var error = Assert.Throws<AuditException>(() => new HalfRange("m.onnx", allowClipping: false).Of("w", tensor));
        Assert.Equal((AuditCode.Invalid, "m.onnx, tensor 'w'", "-65520, beyond float16's range"), (error.Code, error.Where, error.Found));
        var range = new HalfRange("m.onnx", allowClipping: true);
        Assert.Equal([65504f, -65504f, 0, 0, float.PositiveInfinity], range.Of("w", tensor).ToFloats());
        Assert.Equal((1, 1), (range.Clipped, range.Vanished));
    }

    [Fact]
    public void WhatIsExcluded_StaysFloat32()
    {
        var report = WeightCoding.Run(Request("palette", "out.onnx") with { Exclude = ["/fc/*"], FoldNorms = true });
        Assert.Equal(4, report.Layers.Count);
        var nodes = OnnxReader.Read(report.Path).Graph.Nodes;
        Assert.Equal(ElementType.Float, nodes.Single(n => n.Is("Gemm")).Input(1)!.Initializer!.Type);
        Assert.DoesNotContain(nodes, n => n.Is("BatchNormalization"));
    }

    [Fact]
    public void NonsenseRequests_AreRefused_AndWriteNothing()
    {
        AuditException Refused(WeightCodeRequest request) => Assert.Throws<AuditException>(() => WeightCoding.Run(request));
        var palette = Request("palette", "out.onnx");
        Assert.Equal((AuditCode.Usage, "257"), (Refused(palette with { Entries = 257 }).Code, Refused(palette with { Entries = 257 }).Found));
        Assert.Equal("1", Refused(palette with { Entries = 1 }).Found);
        Assert.Equal("6", Refused(Request("int8-dynamic", "out.onnx") with { WeightBits = 6 }).Found);
        Assert.Equal("all 5 layers excluded", Refused(palette with { Exclude = ["*"] }).Found);
        Assert.Equal(AuditCode.Usage, Refused(palette with { Exclude = ["nothing"] }).Code);
        Assert.Equal(AuditCode.Usage, Refused(palette with { OutPath = Model }).Code);
        Assert.False(File.Exists(_folder.In("out.onnx")));
        var done = WeightCoding.Run(Request("int8-dynamic", "done.onnx")).Path;
        Assert.Equal("a quantised model", Refused(palette with { ModelPath = done }).Found);
    }

    [Fact]
    public void TheVerb_ChecksItsOptionsFirst()
    {
        string[] Line(params string[] rest) => ["quantize", Model, "-o", _folder.In("verb.onnx"), .. rest];
        var run = CliRun.Of(Line("--code", "palette", "--entries", "16", "--test", "synthetic:shapes#test[0:100]", "--json"));
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        Assert.Equal(100, document.RootElement.GetProperty("test").GetProperty("samples").GetInt32());
        Assert.Contains("--code int8-static without --data", CliRun.Of(Line()).Error, StringComparison.Ordinal);
        Assert.Contains("--entries with --code int8-dynamic", CliRun.Of(Line("--code", "int8-dynamic", "--entries", "16")).Error, StringComparison.Ordinal);
        Assert.Contains("--data with --code palette", CliRun.Of(Line("--code", "palette", "--data", "synthetic:shapes")).Error, StringComparison.Ordinal);
        Assert.Equal(2, CliRun.Of(Line("--code", "palette", "--entries", "1000")).Code);
    }

    private WeightCodeRequest Request(string code, string name) => new(Model, _folder.In(name), WeightCodes.Names[code], Ort.Library, "test");
}
