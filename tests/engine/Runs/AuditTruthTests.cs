using OnnxAudit.Bundles;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Plans;
using OnnxAudit.Runs;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Runs;

/// <summary>Ways an audit once told something untrue, each kept from coming back.</summary>
public sealed class AuditTruthTests : IDisposable
{
    private readonly TemporaryFolder _models = new();

    // A model that ends in Softmax, audited without geometry, had its probabilities taken for logits:
    // NLL and calibration were those of a softmax of a softmax.
    [Fact]
    public void SoftmaxTail_WithoutGeometry_GivesTheScoresBeforeIt()
    {
        var plain = TinyClassifier.Write(_models.Path, "plain");
        var soft = TinyClassifier.Write(_models.Path, "soft", change: AddSoftmax);
        var hidden = TinyClassifier.Write(_models.Path, "hidden", change: model =>
        {
            var relu = model.Graph.Value("relu_scores");
            var logits = model.Graph.Find("logits")!;
            model.Graph.RemoveOutput(logits);
            model.Graph.AddNode("Relu", [logits], [relu]);
            var probabilities = model.Graph.Value("probabilities");
            model.Graph.AddNode("Softmax", [relu], [probabilities]);
            model.Graph.AddOutput(probabilities);
        });
        using var folder = new TemporaryFolder();
        var bundle = Audit(Plan([plain, soft, hidden]) with { Geometry = false }, folder);
        Assert.Equal(Column(bundle, "plain"), Column(bundle, "soft"));
        Assert.Equal(Column(bundle, "plain").Select(z => Math.Max(z, 0)), Column(bundle, "hidden"));
    }

    // Groups were read from a path the manifest named: edited between a run and its --resume,
    // finished cells kept the old groups and the sealed bundle listed the new ones.
    [Fact]
    public void ChangedGroups_AreAnotherBundle_AndResumeIsRefused()
    {
        var groups = Path.Combine(_models.Path, "groups.csv");
        Directory.CreateDirectory(_models.Path);
        File.WriteAllText(groups, "sample,group\n0,night\n1,night\n");
        var plan = Plan([TinyClassifier.Write(_models.Path)]) with { Groups = groups };
        using var folder = new TemporaryFolder();
        Audit(plan, folder);
        File.AppendAllText(groups, "2,night\n");
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Audit(plan, folder, resume: true)).Code);
    }

    // Only the .onnx file was hashed and counted: weights outside it could change under a resumed run,
    // and the sizes of such a model were wrong, sparse bytes even negative.
    [Fact]
    public void ExternalWeights_CountInDigestAndSize()
    {
        var inside = TinyClassifier.Write(_models.Path, "inside");
        var outside = Path.Combine(_models.Path, "outside.onnx");
        OnnxWriter.Write(OnnxReader.Read(inside), outside, new OnnxWriteOptions { ExternalDataFile = "weights.bin", ExternalThreshold = 64 });
        File.Copy(Path.ChangeExtension(inside, ".json"), Path.ChangeExtension(outside, ".json"));
        var plan = Plan([inside, outside]);
        using var folder = new TemporaryFolder();
        var bundle = Audit(plan, folder);
        Assert.Equal(Column(bundle, "inside"), Column(bundle, "outside"));
        var bytes = new FileInfo(outside).Length + new FileInfo(Path.Combine(_models.Path, "weights.bin")).Length;
        Assert.Equal(bytes, Metric(bundle, "outside", "size.file_bytes"));
        Assert.InRange(Metric(bundle, "outside", "size.sparse_bytes"), 1, bytes);

        var weights = File.ReadAllBytes(Path.Combine(_models.Path, "weights.bin"));
        weights[10] ^= 1;
        File.WriteAllBytes(Path.Combine(_models.Path, "weights.bin"), weights);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Audit(plan, folder, resume: true)).Code);
    }

    // Class folders took their labels from the first model's class list:
    // a second model with another order was judged by labels that are not its own.
    [Fact]
    public void ModelsOfDifferentClassLists_AreRefused()
    {
        var (first, second) = (TinyClassifier.Write(_models.Path, "first"), TinyClassifier.Write(_models.Path, "second"));
        foreach (var (path, names) in new[] { (first, "a b c d e f g h i j"), (second, "b a c d e f g h i j") })
            File.WriteAllText(Path.ChangeExtension(path, ".json"), $$"""{ "normalisation": { "mean": [0.5, 0.5, 0.5] }, "classes": ["{{names.Replace(" ", "\", \"", StringComparison.Ordinal)}}"] }""");
        using var folder = new TemporaryFolder();
        Assert.Contains("class list", Assert.Throws<AuditException>(() => Audit(Plan([first, second]), folder)).Message, StringComparison.Ordinal);
    }

    // An unknown device was found out when the first session was built, after the old bundle was gone.
    [Fact]
    public void UnknownDevice_IsRefused_BeforeTheOldBundleIsTouched()
    {
        var plan = Plan([TinyClassifier.Write(_models.Path)]);
        using var folder = new TemporaryFolder();
        var digest = Audit(plan, folder).Digest;
        Assert.Equal(AuditCode.Environment, Assert.Throws<AuditException>(() => Audit(plan with { Device = "nonesuch" }, folder)).Code);
        Assert.Equal(digest, Bundle.Open(folder.Path).Digest);
    }

    // A model of fixed batch fills its batch up: timing one sample timed the whole batch and called it one.
    [Fact]
    public void FixedBatch_HasNoSingleSampleLatency()
    {
        var (free, sixteen) = (TinyClassifier.Write(_models.Path, "free"), TinyClassifier.Write(_models.Path, "sixteen", 16));
        using var folder = new TemporaryFolder();
        var bundle = Audit(Plan([free, sixteen]), folder);
        bool Times(string variant) => bundle.Cells.First(c => c.Cell.Variant == variant).Timing.Metrics.Any(m => m.Key.StartsWith("latency.batch1.", StringComparison.Ordinal));
        Assert.True(Times("free"));
        Assert.False(Times("sixteen"));
    }

    [Theory]
    [InlineData(-1, "cpu", 0UL)]
    [InlineData(1, "a b", 0UL)]
    [InlineData(1, "cpu", ulong.MaxValue)]
    public void BadSettings_AreUsageErrors(int latencyRuns, string device, ulong seed)
    {
        var plan = Plan(["model.onnx"]) with { LatencyRuns = latencyRuns, Device = device, Seed = seed };
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => PlanRules.Check(plan, "plan")).Code);
    }

    [Fact]
    public void VeryLongNames_AreUsageErrors_NotLongFolders()
    {
        var plan = Plan([new string('m', 190) + ".onnx"]);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => PlanRules.Check(plan, "plan")).Code);
    }

    public void Dispose() => _models.Dispose();

    private static void AddSoftmax(Model model)
    {
        var logits = model.Graph.Find("logits")!;
        model.Graph.RemoveOutput(logits);
        var probabilities = model.Graph.Value("probabilities");
        model.Graph.AddNode("Softmax", [logits], [probabilities], "softmax");
        model.Graph.AddOutput(probabilities);
    }

    private static AuditPlan Plan(string[] paths) => new()
    {
        Variants = [.. paths.Select(p => new VariantPlan(Identifiers.OfModel(p), p, null))],
        Suites = [new SuitePlan("shapes", "synthetic:shapes#test[0:48]")],
        Batch = 16,
        LatencyRuns = 2,
    };

    private static Bundle Audit(AuditPlan plan, TemporaryFolder folder, bool resume = false)
    {
        using var audit = PreparedAudit.Prepare(plan, TestEnvironment.Create());
        AuditBundle.Run(audit, folder.Path, Shard.Whole, resume, progress: null, CancellationToken.None);
        return Bundle.Open(folder.Path);
    }

    private static float[] Column(Bundle bundle, string variant) =>
        bundle.Column(bundle.Cells.First(c => c.Cell.Variant == variant).Cell, "logits").Span<float>().ToArray();

    private static double Metric(Bundle bundle, string variant, string metric) =>
        bundle.Cells.First(c => c.Cell.Variant == variant).Result.Slices[0].Metrics.First(m => m.Key == metric).Value;
}
