using OnnxAudit.Compression;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Training;
using OnnxAudit.Training.Retraining;

namespace OnnxAudit.Tests.Training.Retraining;

/// <summary>Whole retrainings of the shipped model on a few drawn shapes.</summary>
public sealed class ModelRetrainingTests : IDisposable
{
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public ModelRetrainingTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("magnitude", MaskScope.Global)]
    [InlineData("magnitude", MaskScope.Layer)]
    [InlineData("random", MaskScope.Layer)]
    [InlineData("taylor", MaskScope.Global)]
    public void EveryRound_RemovesItsExactCount_AndNothingComesBack(string method, MaskScope scope)
    {
        var request = Request("out.onnx", method: method, scope: scope) with { KeepRounds = _folder.In("rounds") };
        var report = ModelRetraining.Run(request);
        Assert.Equal(3, report.Rounds.Count);
        HashSet<(string, int)> before = [];
        foreach (var round in report.Rounds)
        {
            var weights = Prunable.Find(OnnxReader.Read(round.Path!));
            var gone = Zeros(weights);
            long Share(IEnumerable<PrunableTensor> pool) => (long)Math.Floor(round.Amount * pool.Sum(w => w.Tensor.Count) + 1e-9);
            Assert.Equal(scope == MaskScope.Global ? Share(weights) : weights.Sum(w => Share([w])), gone.Count);
            Assert.Equal(round.Removed, gone.Count);
            Assert.True(before.IsSubsetOf(gone), $"a weight came back in round {round.Round}");
            Assert.True(before.Count < gone.Count);
            before = gone;
        }

        Assert.Equal(before, Zeros(Prunable.Find(OnnxReader.Read(report.Path))));
        Assert.Equal(0.8, report.Rounds[^1].Amount);
    }

    [Fact]
    public void TheRecipe_SaysEveryRound_AndKeptRoundsAreAChain()
    {
        var report = ModelRetraining.Run(Request("out.onnx") with { KeepRounds = _folder.In("rounds") });
        var recipe = Recipe.Read(OnnxReader.Read(report.Path))!;
        Assert.Equal(("retrain", "3", "geometric", "magnitude", "0.8", "1"),
            (recipe.Operation, recipe.Parameter("rounds"), recipe.Parameter("ramp"), recipe.Parameter("method"), recipe.Parameter("amount"), recipe.Parameter("epochs")));
        foreach (var round in report.Rounds)
        {
            Assert.Equal(FormattableString.Invariant($"{round.Amount}"), recipe.Parameter($"round.{round.Round}.amount"));
            Assert.Equal(FormattableString.Invariant($"{round.Result.Test!.Value.Accuracy}"), recipe.Parameter($"round.{round.Round}.accuracy"));
        }

        Assert.Equal(recipe.Parameters.Count, recipe.Parameters.DistinctBy(p => p.Key).Count());
        Assert.Equal(ModelFiles.DigestOf(OnnxReader.Read(Model), Model), Assert.Single(recipe.Parents).Sha256);
        var parent = recipe.Parents[0].Sha256;
        foreach (var round in report.Rounds)
        {
            var kept = OnnxReader.Read(round.Path!);
            Assert.Equal(parent, Recipe.Read(kept)!.Parents[0].Sha256);
            parent = ModelFiles.DigestOf(kept, round.Path!);
        }

        var alone = ModelRetraining.Run(Request("alone.onnx"));
        Assert.Equal(alone.Sha256, report.Sha256);
    }

    /// <summary>Cancelled in the second round and again in the third, resumed each time: the very bytes of a run without a break.</summary>
    [Fact]
    public void AnInterruptedRun_EndsInTheBytesOfAnUninterruptedOne()
    {
        RetrainingRequest Of(string name) => Request(name, method: "taylor") with { Rounds = new RetrainingSettings { Rounds = 3, RewindStart = StartingWeights.He, FinalEpochs = 2 } };
        var whole = ModelRetraining.Run(Of("whole.onnx"));
        var broken = Of("broken.onnx");
        broken = broken with { Training = broken.Training with { Checkpoint = _folder.In("kept"), Resume = true } };
        foreach (var (round, epoch, step) in new[] { (2, 1, 2), (3, 2, 1) })
        {
            using var stop = new CancellationTokenSource();
            var progress = new Watch(p =>
            {
                if (p.Round == new RoundPlace(round, 3) && p.Epoch == epoch && p.Step == step && p.Finished is null) stop.Cancel();
            });
            Assert.ThrowsAny<OperationCanceledException>(() => ModelRetraining.Run(broken, progress, stop.Token));
        }

        var resumed = ModelRetraining.Run(broken);
        Assert.Equal(whole.Sha256, resumed.Sha256);
        Assert.Equal(whole.Rounds.SelectMany(r => r.Epochs), resumed.Rounds.SelectMany(r => r.Epochs));
        Assert.Equal([1, 1, 2], whole.Rounds.Select(r => r.Epochs.Count));
        Refused(AuditCode.Usage, broken with { Training = broken.Training with { Resume = false } });
        Refused(AuditCode.Usage, broken with { Masks = broken.Masks with { Amount = 0.7 } });
    }

    /// <summary>At a rate this small no weight moves: after the last round the kept weights are those of the model gone back to.</summary>
    [Fact]
    public void Rewind_SetsTheKeptWeightsBack()
    {
        var still = Settings with { Rate = new LearningRate { Peak = 1e-30 }, Optimiser = new OptimiserSettings { Momentum = 0 } };
        var scratch = _folder.In("scratch.onnx");
        ModelTraining.Run(Request("x.onnx").Training with { OutPath = scratch, Settings = still with { Start = StartingWeights.He, Seed = 3 } });
        foreach (var (name, back) in new[] { ("drawn.onnx", null), ("read.onnx", scratch) })
        {
            var request = Request(name) with { Rounds = new RetrainingSettings { Rounds = 2, RewindPath = back, RewindStart = back is null ? StartingWeights.He : null } };
            var report = ModelRetraining.Run(request with { Training = request.Training with { Settings = still with { Seed = 3 } } });
            var early = OnnxReader.Read(scratch);
            var found = Prunable.Find(OnnxReader.Read(report.Path));
            Assert.NotEmpty(found);
            foreach (var weight in found)
            {
                var (values, old) = (weight.Tensor.Span<float>().ToArray(), early.Graph.Find(weight.Name)!.Initializer!.Span<float>().ToArray());
                for (var i = 0; i < values.Length; i++) Assert.True(values[i] == 0 || values[i] == old[i], $"{weight.Name}[{i}]");
            }

            Assert.Equal(back is null ? ["base"] : ["base", "rewind"], report.Recipe.Parents.Select(p => p.Role));
        }
    }

    [Fact]
    public void OneRound_IsPruneThenTrainWithZerosKept()
    {
        var request = Request("out.onnx") with { Rounds = new RetrainingSettings() };
        var report = ModelRetraining.Run(request);
        var pruned = _folder.In("pruned.onnx");
        Pruning.Prune(Model, request.Masks, pruned, null, "test");
        var trained = ModelTraining.Run(request.Training with { ModelPath = pruned, OutPath = _folder.In("trained.onnx"), Settings = Settings with { Held = HeldWeights.Zeros } });
        foreach (var value in OnnxReader.Read(trained.Path).Graph.Initializers)
            Assert.True(value.Initializer!.Data.Span.SequenceEqual(OnnxReader.Read(report.Path).Graph.Find(value.Name)!.Initializer!.Data.Span), value.Name);
        Assert.Null(report.Recipe.Parameter("ramp"));
    }

    [Fact]
    public void APattern_GoesInOneRoundAlone()
    {
        var pattern = new NmPattern(2, 4);
        var request = Request("out.onnx");
        request = request with { Masks = request.Masks with { Pattern = pattern, Amount = pattern.Amount }, Rounds = new RetrainingSettings() };
        var report = ModelRetraining.Run(request);
        Assert.Equal(report.Rounds[0].Weights, 2 * report.Rounds[0].Removed);
        Refused(AuditCode.Usage, request with { Rounds = new RetrainingSettings { Rounds = 2 } });
    }

    [Fact]
    public void NonsenseRequests_AreRefusedBeforeAnyStep()
    {
        var request = Request("out.onnx");
        foreach (var amount in new[] { 0, 1, -0.1, 1.5, double.NaN }) Refused(AuditCode.Usage, request with { Masks = request.Masks with { Amount = amount } });
        foreach (var rounds in new RetrainingSettings[] { new() { Rounds = 0 }, new() { Rounds = 1001 }, new() { Rounds = 2, StartAmount = 0.8 }, new() { StartAmount = 0.1 }, new() { FinalEpochs = 0 }, new() { RewindPath = Model, RewindStart = StartingWeights.He } })
            Refused(AuditCode.Usage, request with { Rounds = rounds });
        Refused(AuditCode.Usage, request with { Masks = request.Masks with { Amount = 0.99999 } }); // would empty a tensor
        Refused(AuditCode.Usage, request with { Masks = request.Masks with { Include = ["nowhere"] } });
        Refused(AuditCode.Invalid, request with { Masks = request.Masks with { Exclude = ["*"] } }); // nothing prunable
        Refused(AuditCode.Usage, request with { Training = request.Training with { OutPath = Model } });
        Refused(AuditCode.Usage, request with { KeepRounds = _folder.Path, Training = request.Training with { OutPath = _folder.In("round-2.onnx") } });
        Refused(AuditCode.Invalid, request with { Training = request.Training with { Train = "idx:none,none" } });
        Refused(AuditCode.Invalid, request with { Rounds = new RetrainingSettings { RewindPath = _folder.In("none.onnx") } });
        Refused(AuditCode.Invalid, request with { Rounds = new RetrainingSettings { RewindPath = Path.Combine(SourceTree.Root, "tests", "oracles", "training", "small_net.onnx") } });
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    /// <summary>Recipes check their steps before files exist: nothing is written, and models that are made on the way may be missing.</summary>
    [Fact]
    public void Check_FindsWhatRunWould_AndLeavesModelsThatAreNotThereYet()
    {
        var request = Request("out.onnx");
        var later = _folder.In("later.onnx");
        var taught = request.Training with { TeacherPath = later, Settings = Settings with { Loss = new TrainingLoss(0, new Distillation()) } };
        ModelRetraining.Check(request with { Training = taught, Rounds = new RetrainingSettings { RewindPath = later } });
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        foreach (var bad in new[] { request with { Masks = request.Masks with { Amount = 0.99999 } }, request with { Masks = request.Masks with { Include = ["nowhere"] } }, request with { Rounds = new RetrainingSettings { Rounds = 0 } } })
            Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => ModelRetraining.Check(bad)).Code);
        Refused(AuditCode.Invalid, request with { Training = taught });
    }

    private static TrainingSettings Settings => new()
    {
        Epochs = 1,
        Batch = 23,
        Rate = new LearningRate { Peak = 0.01, Kind = ScheduleKind.Cosine },
        Augmentation = new Augmentation(4, true),
    };

    private static HashSet<(string, int)> Zeros(IReadOnlyList<PrunableTensor> weights) =>
        [.. weights.SelectMany(w => w.Tensor.Span<float>().ToArray().Index().Where(v => v.Item == 0).Select(v => (w.Name, v.Index)))];

    private RetrainingRequest Request(string name, string method = "magnitude", MaskScope scope = MaskScope.Global) => new(
        new TrainingRequest(Model, _folder.In(name), "synthetic:shapes#train[0:70]", Settings, Ort.Library, TimeProvider.System, "test") { Test = "synthetic:shapes#test[0:40]" },
        new MaskRecipe { Method = method, Amount = 0.8, Scope = scope, Samples = method == "taylor" ? 16 : null }, new RetrainingSettings { Rounds = 3 });

    private static void Refused(AuditCode code, RetrainingRequest request) =>
        Assert.Equal(code, Assert.Throws<AuditException>(() => ModelRetraining.Run(request)).Code);

    private sealed class Watch(Action<TrainingProgress> seen) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => seen(value);
    }
}
