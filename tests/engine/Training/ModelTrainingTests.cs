using OnnxAudit.Compression;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

/// <summary>Whole runs on the shipped model and a few drawn shapes.</summary>
public sealed class ModelTrainingTests : IDisposable
{
    private const string Train = "synthetic:shapes#train[0:70]";
    private const string Test = "synthetic:shapes#test[0:40]";
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public ModelTrainingTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    /// <summary>Cancelled within the second epoch and within its last evaluation, resumed each time: the very bytes of a run without a break.</summary>
    [Fact]
    public void AnInterruptedRun_EndsInTheBytesOfAnUninterruptedOne()
    {
        var whole = ModelTraining.Run(Request("whole.onnx") with { Test = Test });
        var broken = Request("broken.onnx") with { Test = Test, Checkpoint = _folder.In("kept") };
        foreach (var (epoch, step) in new[] { (2, 1), (3, 3) })
        {
            using var stop = new CancellationTokenSource();
            var progress = new Watch(p =>
            {
                if (p.Epoch == epoch && p.Step == step && p.Finished is null) stop.Cancel();
            });
            Assert.ThrowsAny<OperationCanceledException>(() => ModelTraining.Run(broken with { Resume = true }, progress, stop.Token));
        }

        var resumed = ModelTraining.Run(broken with { Resume = true });
        Assert.Equal(whole.Sha256, resumed.Sha256);
        Assert.Equal(whole.Epochs, resumed.Epochs);
        Assert.Equal(3, whole.Epochs.Count);
    }

    [Fact]
    public void TheOutput_IsTheSameGraphWithOtherWeightsAndTheRecipe()
    {
        var report = ModelTraining.Run(Request("out.onnx"));
        var (before, after) = (OnnxReader.Read(Model), OnnxReader.Read(report.Path));
        Assert.Equal(before.Opset, after.Opset);
        Assert.Equal(before.Graph.Nodes.Select(n => n.OpType), after.Graph.Nodes.Select(n => n.OpType));
        Assert.Equal(before.Graph.Inputs.Select(i => i.Name), after.Graph.Inputs.Select(i => i.Name));
        var recipe = Recipe.Read(after)!;
        Assert.Equal(("train", "0.01", "3", "crop:4,flip"), (recipe.Operation, recipe.Parameter("lr"), recipe.Parameter("epochs"), recipe.Parameter("augment")));
        Assert.Equal(ModelFiles.DigestOf(before, Model), Assert.Single(recipe.Parents).Sha256);
        Assert.NotNull(after.MetadataOf("onnxaudit.preprocess"));
        foreach (var value in before.Graph.Initializers.Where(v => v.Initializer!.Type == ElementType.Float))
            Assert.False(value.Initializer!.Data.Span.SequenceEqual(after.Graph.Find(value.Name)!.Initializer!.Data.Span), value.Name);
    }

    [Fact]
    public void ZerosOfAPrunedModel_StayZeroAndTheRestMoves()
    {
        var pruned = _folder.In("pruned.onnx");
        Pruning.Prune(Model, new MaskRecipe { Method = "magnitude", Amount = 0.5 }, pruned, null, "test");
        var report = ModelTraining.Run(Request("tuned.onnx") with { ModelPath = pruned, Settings = Settings with { Held = HeldWeights.Zeros } });
        var (before, after) = (SparsityReport.Of(OnnxReader.Read(pruned)), SparsityReport.Of(OnnxReader.Read(report.Path)));
        Assert.Equal(before.Prunable, after.Prunable);
        Assert.Equal(before.Prunable.Zeros, report.Held);
    }

    [Fact]
    public void EarlyStop_WritesTheBestEpochAndEndsBeforeTheLast()
    {
        // At a learning rate this small only running statistics move, and soon not even these do.
        var settings = Settings with { Epochs = 40, Patience = 2, Rate = new LearningRate { Peak = 1e-12 }, Augmentation = null };
        var report = ModelTraining.Run(Request("best.onnx") with { Test = Test, Settings = settings });
        var accuracies = report.Epochs.Select(e => e.Test!.Value.Accuracy).ToArray();
        Assert.Equal(Array.IndexOf(accuracies, accuracies.Max()) + 1, report.Chosen);
        Assert.Equal(report.Chosen + 2, accuracies.Length);
        Assert.InRange(accuracies.Length, 3, 39);
        Assert.Equal(report.Recipe.Parameter("epoch"), FormattableString.Invariant($"{report.Chosen}"));
        var alone = ModelTraining.Run(Request("alone.onnx") with { Settings = settings with { Epochs = report.Chosen, Patience = null } });
        Assert.Equal(Weights(alone.Path), Weights(report.Path));
    }

    [Fact]
    public void FromScratch_TheSeedDecides()
    {
        string Made(string name, ulong seed) => ModelTraining.Run(Request(name) with { Settings = Settings with { Epochs = 1, Start = StartingWeights.He, Seed = seed } }).Sha256;
        var first = Made("a.onnx", 1);
        Assert.Equal(first, Made("b.onnx", 1));
        Assert.NotEqual(first, Made("c.onnx", 2));
    }

    [Fact]
    public void ACheckpointOfAnotherRun_IsRefusedByName()
    {
        var request = Request("out.onnx") with { Checkpoint = _folder.In("kept"), Settings = Settings with { Epochs = 1 } };
        ModelTraining.Run(request);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => ModelTraining.Run(request)).Code);
        var error = Assert.Throws<AuditException>(() => ModelTraining.Run(request with { Resume = true, Settings = request.Settings with { Seed = 5 } }));
        Assert.Equal((AuditCode.Usage, "a run with 0", "5"), (error.Code, error.Found, error.Expected));
        var file = Path.Combine(_folder.In("kept"), "training.checkpoint");
        var bytes = File.ReadAllBytes(file);
        bytes[^40] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => ModelTraining.Run(request with { Resume = true })).Code);
    }

    [Fact]
    public void NonsenseRequests_AreRefusedBeforeAnyStep()
    {
        var request = Request("out.onnx");
        Refused(AuditCode.Usage, request with { OutPath = Model });
        Refused(AuditCode.Usage, request with { Settings = Settings with { Patience = 2 } });
        Refused(AuditCode.Usage, request with { Settings = Settings with { Epochs = 0 } });
        Refused(AuditCode.Usage, request with { Settings = Settings with { Held = HeldWeights.Zeros } });
        Refused(AuditCode.Usage, request with { Settings = Settings with { Augmentation = new Augmentation(32) } });
        Refused(AuditCode.Invalid, request with { ModelPath = _folder.In("none.onnx") });
        Assert.False(File.Exists(request.OutPath));
    }

    [Fact]
    public void ALossThatIsNotFinite_EndsTheRunWithAdvice()
    {
        var error = Assert.Throws<AuditException>(() => ModelTraining.Run(Request("out.onnx") with { Settings = Settings with { Epochs = 9, Rate = new LearningRate { Peak = 1e30 } } }));
        Assert.Equal((AuditCode.Usage, "a loss that is not finite"), (error.Code, error.Found));
    }

    private static TrainingSettings Settings => new()
    {
        Epochs = 3,
        Batch = 23,
        Rate = new LearningRate { Peak = 0.01, Kind = ScheduleKind.Cosine },
        Augmentation = new Augmentation(4, true),
        Optimiser = new OptimiserSettings { Nesterov = true },
    };

    private static string Weights(string path) => string.Concat(OnnxReader.Read(path).Graph.Initializers.Select(v => Convert.ToHexString(v.Initializer!.Data.Span)));

    private TrainingRequest Request(string name) => new(Model, _folder.In(name), Train, Settings, Ort.Library, TimeProvider.System, "test");

    private void Refused(AuditCode code, TrainingRequest request) => Assert.Equal(code, Assert.Throws<AuditException>(() => ModelTraining.Run(request)).Code);

    private sealed class Watch(Action<TrainingProgress> seen) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => seen(value);
    }
}
