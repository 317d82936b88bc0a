using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Gradients;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Training;
using OnnxAudit.Training.Tickets;

namespace OnnxAudit.Tests.Training.Tickets;

/// <summary>Whole searches in the shipped model's graph on a few drawn shapes.</summary>
public sealed class TicketSearchTests : IDisposable
{
    private const string Test = "synthetic:shapes#test[0:40]";
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public TicketSearchTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TicketMethod.Biprop, TicketWeightKind.KaimingNormal, MaskScope.Layer)]
    [InlineData(TicketMethod.Biprop, TicketWeightKind.SignedConstant, MaskScope.Global)]
    [InlineData(TicketMethod.EdgePopup, TicketWeightKind.SignedConstant, MaskScope.Layer)]
    public void EveryLayer_HasTheMagnitudesZeroAndAlpha_AndTheAmountIsExact(TicketMethod method, TicketWeightKind kind, MaskScope scope)
    {
        var report = TicketSearch.Run(Request("out.onnx", new TicketSettings { Amount = 0.7, Method = method, Weights = kind, Scope = scope }));
        var graph = OnnxReader.Read(report.Path).Graph;
        Assert.Equal(5, report.Layers.Count);
        foreach (var layer in report.Layers)
        {
            var weights = graph.Find(layer.Name)!.Initializer!.Span<float>().ToArray();
            Assert.Equal([0, layer.Alpha], [.. weights.Select(MathF.Abs).Distinct().Order()]);
            Assert.Equal(layer.Kept, weights.Count(w => w != 0));
            Assert.Contains(weights, w => w < 0);
            if (scope == MaskScope.Layer) Assert.Equal(layer.Count - (long)Math.Floor(0.7 * layer.Count + 1e-9), layer.Kept);
            Assert.Equal(FormattableString.Invariant($"kept {layer.Kept} of {layer.Count}, alpha {layer.Alpha:R}"), report.Recipe.Parameter($"layer {layer.Name}"));
        }

        var all = report.Layers.Sum(l => l.Count);
        if (scope == MaskScope.Global) Assert.Equal(all - (long)Math.Floor(0.7 * all + 1e-9), report.Layers.Sum(l => l.Kept));
    }

    [Fact]
    public void WhatIsNoLayer_IsNeutral_AndStatisticsAreTheSearchs()
    {
        var graph = OnnxReader.Read(TicketSearch.Run(Request("out.onnx")).Path).Graph;
        Assert.All(Values(graph, "bn1.weight"), v => Assert.Equal(1, v));
        Assert.All((float[])[.. Values(graph, "bn1.bias"), .. Values(graph, "fc.bias")], v => Assert.Equal(0, v));
        Assert.DoesNotContain(0, Values(graph, "bn1.running_mean"));
        Assert.DoesNotContain(1, Values(graph, "bn1.running_var"));
        var learned = OnnxReader.Read(TicketSearch.Run(Request("norms.onnx", Half with { LearnNorms = true })).Path).Graph;
        Assert.Contains(Values(learned, "bn1.weight"), v => v != 1);
        Assert.Contains(Values(learned, "bn1.bias"), v => v != 0);
    }

    [Fact]
    public void TheFile_PredictsAsTheSearchDid()
    {
        var request = Request("out.onnx");
        var report = TicketSearch.Run(request with { Training = request.Training with { Test = Test } });
        var (scores, labels) = Scores(report.Path);
        var right = labels.Index().Count(l => scores[l.Index].AsSpan().IndexOf(scores[l.Index].Max()) == l.Item);
        Assert.Equal(report.Epochs[^1].Test!.Value.Accuracy, (double)right / labels.Length);
        var loss = labels.Index().Average(l => Math.Log(scores[l.Index].Sum(s => Math.Exp((double)s))) - scores[l.Index][l.Item]);
        Assert.Equal(report.Epochs[^1].Test!.Value.Loss, loss, 1e-6);
    }

    /// <summary>432 weights fill whole bytes; with 63 in the last layer's place some would not: see TicketPackingTests.</summary>
    [Fact]
    public void PackedWeights_AreThePlainOnesToTheBit_AndTheFileIsSmaller()
    {
        var (plain, packed) = (TicketSearch.Run(Request("plain.onnx")), TicketSearch.Run(Request("packed.onnx") with { Packed = true }));
        var (before, after) = (OnnxReader.Read(plain.Path), OnnxReader.Read(packed.Path));
        foreach (var layer in packed.Layers)
        {
            Assert.Null(after.Graph.Find(layer.Name)!.Initializer);
            Assert.True(before.Graph.Find(layer.Name)!.Initializer!.Data.Span.SequenceEqual(Constants.Resolve(after.Graph.Find(layer.Name))!.Data.Span), layer.Name);
        }

        Assert.Equal(Scores(plain.Path).Scores, Scores(packed.Path).Scores);
        Assert.Equal(HeadFinder.Find(before).Require().Weights, HeadFinder.Find(after).Require().Weights);
        Assert.True(packed.Bytes < 0.2 * plain.Bytes, FormattableString.Invariant($"{packed.Bytes} of {plain.Bytes} bytes"));
        Assert.Equal("true", packed.Recipe.Parameter("packed"));
    }

    /// <summary>The largest |score| of a layer stays: what the scores file ranks is what the search kept.</summary>
    [Fact]
    public void WrittenScores_PruneToTheSameMasks()
    {
        var report = TicketSearch.Run(Request("out.onnx") with { ScoresPath = _folder.In("scores.npz") });
        var masks = Masks.Create(OnnxReader.Read(Model), new MaskRecipe { Method = "scores", Amount = 0.5, Scope = MaskScope.Layer, ScoresPath = _folder.In("scores.npz") }).Masks;
        var graph = OnnxReader.Read(report.Path).Graph;
        foreach (var mask in masks)
        {
            var weights = Values(graph, mask.Tensor);
            Assert.All(Enumerable.Range(0, weights.Length), i => Assert.Equal(mask[i], weights[i] != 0));
        }
    }

    /// <summary>Cancelled within the ramp and after it, resumed each time: the very bytes of a run without a break.</summary>
    [Fact]
    public void AnInterruptedSearch_EndsInTheBytesOfAnUninterruptedOne()
    {
        var ticket = new TicketSettings { Amount = 0.8, Scope = MaskScope.Global, LearnNorms = true };
        var whole = TicketSearch.Run(Request("whole.onnx", ticket));
        var request = Request("broken.onnx", ticket);
        var broken = request with { Training = request.Training with { Checkpoint = _folder.In("kept"), Resume = true } };
        foreach (var (epoch, step) in new[] { (2, 1), (3, 2) })
        {
            using var stop = new CancellationTokenSource();
            var progress = new Watch(p =>
            {
                if (p.Epoch == epoch && p.Step == step && p.Finished is null) stop.Cancel();
            });
            Assert.ThrowsAny<OperationCanceledException>(() => TicketSearch.Run(broken, progress, stop.Token));
        }

        var resumed = TicketSearch.Run(broken);
        Assert.Equal(whole.Sha256, resumed.Sha256);
        Assert.Equal(whole.Epochs, resumed.Epochs);
        Assert.Equal("2", whole.Recipe.Parameter("ramp"));
        Assert.Equal(whole.Layers, TicketSearch.Run(broken).Layers); // nothing left to do
    }

    [Fact]
    public void EarlyStop_WritesTheBestEpochsTicket()
    {
        var request = Request("best.onnx");
        var training = request.Training with { Test = Test, Settings = Settings with { Epochs = 30, Patience = 2, Rate = new LearningRate { Peak = 1e-12 } } };
        var report = TicketSearch.Run(request with { Training = training });
        Assert.Equal(report.Chosen + 2, report.Epochs.Count);
        var alone = TicketSearch.Run(request with { Training = training with { OutPath = _folder.In("alone.onnx"), Settings = training.Settings with { Epochs = report.Chosen, Patience = null } } });
        Assert.Equal(Scores(alone.Path).Scores, Scores(report.Path).Scores);
    }

    [Fact]
    public void TheSeedDecides_AndTheModelsOwnWeightsDoNot()
    {
        var first = TicketSearch.Run(Request("a.onnx"));
        var request = Request("b.onnx");
        var pruned = _folder.In("pruned.onnx");
        Pruning.Prune(Model, new MaskRecipe { Method = "magnitude", Amount = 0.5 }, pruned, null, "test");
        var other = TicketSearch.Run(request with { Training = request.Training with { ModelPath = pruned } });
        Assert.Equal(Scores(first.Path).Scores, Scores(other.Path).Scores);
        var reseeded = TicketSearch.Run(request with { Training = request.Training with { OutPath = _folder.In("c.onnx"), Settings = Settings with { Seed = 2 } } });
        Assert.NotEqual(Scores(first.Path).Scores, Scores(reseeded.Path).Scores);
    }

    [Fact]
    public void AnAmountThatWouldEmptyALayer_KeepsOneWeightThere()
    {
        // 47,152 weights in five layers; the scores of conv4, the widest fan, are the smallest.
        var report = TicketSearch.Run(Request("out.onnx", new TicketSettings { Amount = 0.9995, Scope = MaskScope.Global, Ramp = 0 }));
        Assert.All(report.Layers, l => Assert.InRange(l.Kept, 1, l.Count));
        Assert.Equal(47_152 - (long)Math.Floor(0.9995 * 47_152 + 1e-9), report.Layers.Sum(l => l.Kept));
        Assert.Contains(report.Notes, n => n.Contains("would have emptied"));
    }

    [Fact]
    public void NonsenseRequests_AreRefusedBeforeAnyStep()
    {
        Refused(AuditCode.Usage, Request("out.onnx", new TicketSettings { Amount = 1 }));
        Refused(AuditCode.Usage, Request("out.onnx", new TicketSettings { Amount = 0.99999, Scope = MaskScope.Global }));
        Refused(AuditCode.Usage, Request("out.onnx", new TicketSettings { Amount = 1 - 1e-13 }));
        Refused(AuditCode.Usage, Request("out.onnx", new TicketSettings { Amount = 0.5, Method = TicketMethod.EdgePopup, Weights = TicketWeightKind.KaimingNormal }) with { Packed = true });
        Refused(AuditCode.Usage, Request("out.onnx") with { ScoresPath = _folder.In("out.onnx") });
        var request = Request("out.onnx");
        Refused(AuditCode.Usage, request with { Training = request.Training with { OutPath = Model } });
        Refused(AuditCode.Usage, request with { Training = request.Training with { Settings = Settings with { Patience = 2 } } });
        Refused(AuditCode.Invalid, request with { Training = request.Training with { ModelPath = _folder.In("none.onnx") } });
        Assert.False(File.Exists(request.Training.OutPath));
    }

    [Fact]
    public void AModelWithoutWeights_IsRefused()
    {
        var graph = new Graph("scores");
        var (x, y) = (graph.Value("x"), graph.Value("y"));
        x.Type = new TensorType(ElementType.Float, [new Dim(null, "n"), 3, 32, 32]);
        graph.AddInput(x);
        graph.AddNode("Flatten", [x], [y]);
        graph.AddOutput(y);
        var model = new Model(graph);
        model.Opsets.Add(new("", 13));
        OnnxWriter.Write(model, _folder.In("empty.onnx"), new OnnxWriteOptions());
        var request = Request("out.onnx");
        Refused(AuditCode.Invalid, request with { Training = request.Training with { ModelPath = _folder.In("empty.onnx") } });
    }

    private static TicketSettings Half => new() { Amount = 0.5 };

    private static TrainingSettings Settings => new() { Epochs = 3, Batch = 23, Rate = new LearningRate { Peak = 0.1, Kind = ScheduleKind.Cosine }, Seed = 1 };

    private TicketRequest Request(string name, TicketSettings? ticket = null) =>
        new(new TrainingRequest(Model, _folder.In(name), "synthetic:shapes#train[0:70]", Settings, Ort.Library, TimeProvider.System, "test"), ticket ?? Half);

    private static float[] Values(Graph graph, string name) => graph.Find(name)!.Initializer!.Span<float>().ToArray();

    private static void Refused(AuditCode code, TicketRequest request) => Assert.Equal(code, Assert.Throws<AuditException>(() => TicketSearch.Run(request)).Code);

    [Fact]
    public void Check_FindsWhatARunWouldRefuse_WithoutAnOutput()
    {
        var request = Request("out.onnx");
        var open = request with { Training = request.Training with { OutPath = "" } };
        TicketSearch.Check(open);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => TicketSearch.Check(open with { Ticket = new TicketSettings { Amount = 1 - 1e-13 } })).Code);
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => TicketSearch.Check(open with { Training = open.Training with { ModelPath = _folder.In("none.onnx") } })).Code);
    }

    // The file as it is, in an ordinary session, in the evaluation's batches.
    private static (float[][] Scores, int[] Labels) Scores(string path)
    {
        var model = OnnxReader.Read(path);
        var preprocessing = Preprocessing.Resolve(null, model.Metadata.ToDictionary(), path);
        using var data = DataSpec.Open(Test, new DataOptions { Preprocessing = preprocessing });
        using var session = OrtSession.FromFile(Ort.Library, path, new SessionSettings());
        using var batches = BatchStream.Over(data, preprocessing, Settings.Batch);
        var scores = new List<float[]>();
        foreach (var batch in batches)
        {
            using var input = OrtTensor.Over(batch.Inputs, batch.Dims);
            using var output = session.Run([("input", input)], ["logits"])[0];
            scores.AddRange(output.Values<float>().ToArray().Chunk(10));
        }

        return ([.. scores], data.Labels.ToArray());
    }

    private sealed class Watch(Action<TrainingProgress> seen) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => seen(value);
    }
}
