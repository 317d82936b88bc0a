using OnnxAudit.Bundles;
using OnnxAudit.Compression;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Plans;
using OnnxAudit.Runs;
using OnnxAudit.Runs.Sensitivity;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Runs.Sensitivity;

/// <summary>Layers of the shipped model, and of one with layers that have nothing to lose.</summary>
public sealed class SensitivityAnalysisTests : IDisposable
{
    private const string Data = "synthetic:shapes#test[0:120]";
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public SensitivityAnalysisTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    /// <summary>Every edit is the file that prune writes, and its figures are those that an audit of that file finds.</summary>
    [Fact]
    public void AnEdit_IsADirectPruneAuditedByItself()
    {
        var report = SensitivityAnalysis.Run(Request(Model, 0.5, 0.9));
        Assert.True(report.Complete);
        Assert.Equal(Prunable.Find(OnnxReader.Read(Model)).Select(w => w.Name), report.Layers.Select(l => l.Name));
        Assert.NotNull(report.Base.Margin);
        foreach (var layer in new[] { report.Layers[0], report.Layers[^1] })
            foreach (var edit in layer.Edits)
            {
                var path = _folder.In($"{layer.Node.Trim('/').Replace('/', '_')}-{edit.Name}.onnx");
                var pruned = Pruning.Prune(Model, new MaskRecipe { Method = "magnitude", Amount = edit.Recipe.Amount, Scope = MaskScope.Layer, Include = [layer.Name] }, path, null, "test");
                Assert.Equal(pruned.Masks.Weights - pruned.Masks.Kept, edit.Removed);
                var found = Audited(path);
                Assert.Equal(found["accuracy"], edit.Figures!.Accuracy);
                Assert.Equal(found["nll"], edit.Figures.Loss);
                Assert.Equal(found["margin.mean"], edit.Figures.Margin!.Value);
            }

        var before = Audited(Model);
        Assert.Equal((before["accuracy"], before["nll"], before["margin.mean"]), (report.Base.Accuracy, report.Base.Loss, report.Base.Margin!.Value));
    }

    [Fact]
    public void Excluded_AreTheLayersThatCostMoreThanTheTolerance_AndTheReadyPruneLeavesThemOut()
    {
        var request = Request(Model, 0.5, 0.9);
        var report = SensitivityAnalysis.Run(request);
        foreach (var layer in report.Layers)
        {
            var worst = layer.Edits.Max(e => report.Drop(e.Figures!));
            Assert.Equal(worst > request.Tolerance + 1e-9 ? LayerVerdict.Fragile : LayerVerdict.Robust, layer.Verdict);
        }

        Assert.NotEmpty(report.Excluded);
        Assert.Equal(["0.5", "0.9"], report.Prunes.Select(p => p.Name));
        foreach (var (e, prune) in report.Prunes.Index())
        {
            Assert.Equal(report.Layers.Where(l => report.Drop(l.Edits[e].Figures!) > request.Tolerance + 1e-9).Select(l => l.Name), prune.Excluded);
            if (prune.Recipe is null) continue;
            var path = _folder.In($"ready-{prune.Name}.onnx");
            var made = Pruning.Prune(Model, prune.Recipe, path, null, "test");
            Assert.DoesNotContain(made.Masks, m => prune.Excluded.Contains(m.Tensor));
            Assert.Equal(Audited(path)["accuracy"], prune.Figures!.Accuracy);
        }

        var all = SensitivityAnalysis.Run(request with { Tolerance = 1 });
        Assert.Empty(all.Excluded);
        Assert.All(all.Layers, l => Assert.Equal(LayerVerdict.Robust, l.Verdict));
    }

    /// <summary>
    /// A layer of zeros, one too small for the amount, one of integers, and one that no score depends on are not called robust: the first three were not tested,
    /// the last has no part in the scores.
    /// </summary>
    [Fact]
    public void NothingEligibleAndNoEffect_AreToldApartFromRobust()
    {
        var path = TinyClassifier.Write(_folder.Path, change: model =>
        {
            var graph = model.Graph;
            var input = graph.Find("r")!;
            Value Weight(string name, long[] dims, float value) => graph.SetInitializer(name, Tensor.FromFloats(dims, [.. Enumerable.Repeat(value, (int)Tensor.CountOf(dims)).Select((v, i) => v * (i + 1))]));
            graph.AddNode("Conv", [input, Weight("zeros", [12, 12, 1, 1], 0)], [graph.Value("z")], "zero_conv");
            graph.AddNode("Add", [input, graph.Value("z")], [graph.Value("sum")], "add");
            graph.AddNode("Conv", [graph.Value("sum"), Weight("beside", [4, 12, 1, 1], 0.1f)], [graph.Value("unused")], "unused_conv");
            graph.AddNode("MatMul", [graph.Value("unused"), Weight("one", [16, 1], 0.1f)], [graph.Value("unused_too")], "small");
            var codes = graph.SetInitializer("codes", new Tensor(ElementType.Int8, [12, 12, 1, 1], new byte[144]));
            graph.AddNode("DequantizeLinear", [codes, graph.SetInitializer("scale", Tensor.FromFloats([], [0.1f]))], [graph.Value("decoded")], "decode");
            graph.AddNode("Conv", [graph.Value("sum"), graph.Value("decoded")], [graph.Value("q")], "whole_conv");
            graph.AddNode("Add", [graph.Value("sum"), graph.Value("q")], [graph.Value("after")], "add_whole");
            var pool = graph.Nodes.Single(n => n.Name == "pool");
            graph.Remove(pool);
            graph.AddNode("GlobalAveragePool", [graph.Value("after")], [graph.Value("p")], "pool");
            Reorder(graph);
        });
        var report = SensitivityAnalysis.Run(Request(path, 0.05) with { Tolerance = 1 });
        LayerSensitivity Of(string name) => report.Layers.Single(l => l.Name == name);
        Assert.Equal((LayerVerdict.NothingEligible, "all 7 are 0 already"), (Of("zeros").Verdict, Of("zeros").Edits[0].Obstacle));
        Assert.Equal((LayerVerdict.NothingEligible, "no whole weight of 16"), (Of("one").Verdict, Of("one").Edits[0].Obstacle));
        Assert.Equal((LayerVerdict.NothingEligible, "Int8 weights ('codes')"), (Of("whole_conv").Verdict, Of("whole_conv").Edits[0].Obstacle));
        Assert.Equal(LayerVerdict.NoEffect, Of("beside").Verdict);
        Assert.Equal(LayerVerdict.Robust, Of("conv.weight").Verdict);
        Assert.All(report.Layers.Where(l => l.Verdict == LayerVerdict.NothingEligible), l => Assert.Null(l.Edits[0].Figures));
    }

    [Theory]
    [InlineData(478, 473, 500, 0.01, false)] // 5 of 500 are just the tolerance, which 0.956 - 0.946 exceeds in binary
    [InlineData(478, 472, 500, 0.01, true)]
    [InlineData(478, 477, 500, 0, true)]
    [InlineData(478, 480, 500, 0, false)]
    public void Loses_CountsWholeSamples(long before, long after, long samples, double tolerance, bool expected) =>
        Assert.Equal(expected, new EditFigures(samples, after, 0, null, "").Loses(tolerance, new EditFigures(samples, before, 0, null, "")));

    [Fact]
    public void APattern_SkipsLayersItDoesNotFit()
    {
        var pattern = new NmPattern(2, 4);
        var path = TinyClassifier.Write(_folder.Path);
        var report = SensitivityAnalysis.Run(Request(path) with { Edits = [new MaskRecipe { Method = "magnitude", Amount = pattern.Amount, Pattern = pattern, Scope = MaskScope.Layer }] });
        Assert.Equal(["pattern 2:4 does not fit 3 input channels", null], report.Layers.Select(l => l.Edits[0].Obstacle));
        Assert.Equal(60, report.Layers[1].Edits[0].Removed);
    }

    [Fact]
    public void GradientMethods_EditTheSameNumberOfWeights()
    {
        var report = SensitivityAnalysis.Run(Request(Model) with { Edits = [new MaskRecipe { Method = "taylor", Amount = 0.5, Samples = 16, Scope = MaskScope.Layer }] });
        Assert.All(report.Layers, l => Assert.Equal(l.Weights / 2, l.Edits[0].Removed));
    }

    [Fact]
    public void Latency_IsMeasuredInTurnsWithTheModelAsItIs()
    {
        var report = SensitivityAnalysis.Run(Request(Model, 0.5) with { LatencyRuns = 2 });
        Assert.All(report.Layers, l => Assert.True(l.Edits[0] is { Latency: > 0, LatencyBefore: > 0 }));
    }

    [Fact]
    public void AnInterruption_KeepsTheLayersThatAreDone()
    {
        using var stop = new CancellationTokenSource();
        var report = SensitivityAnalysis.Run(Request(Model, 0.5, 0.9), new Watch(p =>
        {
            if (p.Done == 5) stop.Cancel(); // within the third layer
        }), stop.Token);
        Assert.False(report.Complete);
        Assert.Equal(2, report.Layers.Count);
        Assert.Empty(report.Prunes);
        var whole = SensitivityAnalysis.Run(Request(Model, 0.5, 0.9));
        Assert.Equal(whole.Layers.Take(2).Select(l => l.Edits[1].Figures), report.Layers.Select(l => l.Edits[1].Figures));
    }

    [Fact]
    public void NonsenseRequests_AreRefused()
    {
        foreach (var bad in new[] { Request(Model), Request(Model, 0), Request(Model, 1), Request(Model, 0.5, 0.5), Request(Model, 0.5) with { Tolerance = -1 }, Request(Model, 0.5) with { Batch = 0 } })
            Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => SensitivityAnalysis.Run(bad)).Code);
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => SensitivityAnalysis.Run(Request(_folder.In("none.onnx"), 0.5))).Code);
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => SensitivityAnalysis.Run(Request(Model, 0.5) with { Data = "idx:none,none" })).Code);
    }

    private static SensitivityRequest Request(string model, params double[] amounts) => new(
        model, Data, [.. amounts.Select(a => new MaskRecipe { Method = "magnitude", Amount = a, Scope = MaskScope.Layer })], TestEnvironment.Ort, TimeProvider.System)
    { Batch = 32, LatencyRuns = 0, Threads = 1 };

    private static Dictionary<string, double> Audited(string path)
    {
        using var folder = new TemporaryFolder();
        var plan = new AuditPlan { Variants = [new VariantPlan("m", path, null)], Suites = [new SuitePlan("shapes", Data)], Batch = 32, LatencyRuns = 0, Threads = 1 };
        using var audit = PreparedAudit.Prepare(plan, TestEnvironment.Create());
        AuditBundle.Run(audit, folder.Path, Shard.Whole, resume: false, progress: null, CancellationToken.None);
        return Bundle.Open(folder.Path).Cells[0].Result.Slices[0].Metrics.ToDictionary();
    }

    // Nodes were added at the end: put those that read what is made later behind it.
    private static void Reorder(Graph graph)
    {
        foreach (var name in new[] { "pool", "flatten", "fc" })
        {
            var node = graph.Nodes.Single(n => n.Name == name);
            var (op, inputs, outputs, attributes) = (node.OpType, node.Inputs.ToArray(), node.Outputs.Select(o => o!).ToArray(), node.Attributes.ToArray());
            graph.Remove(node);
            var again = graph.AddNode(op, inputs, outputs, name);
            foreach (var attribute in attributes) again.Set(attribute);
        }
    }

    private sealed class Watch(Action<SensitivityProgress> seen) : IProgress<SensitivityProgress>
    {
        public void Report(SensitivityProgress value) => seen(value);
    }
}
