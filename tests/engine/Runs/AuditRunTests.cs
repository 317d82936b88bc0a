using OnnxAudit.Bundles;
using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Plans;
using OnnxAudit.Runs;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Runs;

public sealed class AuditRunTests : IDisposable
{
    private static readonly MaskRecipe Half = new() { Method = "magnitude", Amount = 0.5 };

    private readonly TemporaryFolder _models = new();

    [Fact]
    public void Columns_EqualAPlainForwardPass()
    {
        var path = TinyClassifier.Write(_models.Path);
        using var folder = new TemporaryFolder();
        var bundle = Audit(Plan(path, count: 50), folder);
        using var data = DataSpec.Open("synthetic:shapes#test[0:50]", new DataOptions());
        using var session = OrtSession.FromFile(TestEnvironment.Ort, path, new SessionSettings());
        foreach (var batch in BatchStream.Over(data, Preprocessing.Find(null, new Dictionary<string, string>(), path), 50))
        {
            using var input = OrtTensor.Over(batch.Inputs, batch.Dims);
            using var logits = session.Run([("input", input)], ["logits"])[0];
            var ours = bundle.Column(bundle.Cells[0].Cell, "logits").Span<float>();
            for (var i = 0; i < ours.Length; i++) Assert.Equal(logits.Span<float>()[i], ours[i], 5);
        }

        Assert.Equal(data.Labels.ToArray(), bundle.Samples("shapes").Labels.ToArray());
    }

    [Fact]
    public void MaskedVariant_EqualsTheBakedFile()
    {
        var path = TinyClassifier.Write(_models.Path);
        var baked = Path.Combine(_models.Path, "baked.onnx");
        var model = OnnxReader.Read(path);
        OnnxWriter.Write(MaskApplication.Bake(model, Masks.Create(model, Half).Masks), baked);
        File.Copy(Path.ChangeExtension(path, ".json"), Path.ChangeExtension(baked, ".json"));
        using var folder = new TemporaryFolder();
        var plan = Plan(path) with { Variants = [new("dense", path, null), new("masked", path, Half), new("baked", baked, null)] };
        var bundle = Audit(plan, folder);
        foreach (var column in new[] { "logits", "features", "angles", "margin" })
        {
            var (dense, masked, file) = (Column(bundle, "dense", column), Column(bundle, "masked", column), Column(bundle, "baked", column));
            Assert.Equal(file, masked);
            Assert.NotEqual(dense, masked);
        }

        Assert.Equal(Metric(bundle, "baked", "sparsity"), Metric(bundle, "masked", "sparsity"));
    }

    [Fact]
    public void WithoutGeometry_TopLineStaysTheSame_AndNoGeometryIsWritten()
    {
        var path = TinyClassifier.Write(_models.Path);
        using var with = new TemporaryFolder();
        using var without = new TemporaryFolder();
        var (a, b) = (Audit(Plan(path), with), Audit(Plan(path) with { Geometry = false }, without));
        foreach (var metric in new[] { "accuracy", "nll", "ece", "accuracy.low" }) Assert.Equal(Metric(a, "tiny", metric), Metric(b, "tiny", metric));
        Assert.False(b.HasColumn(b.Cells[0].Cell, "angle"));
        Assert.DoesNotContain(b.Cells[0].Result.Slices[0].Metrics, m => m.Key.StartsWith("angle", StringComparison.Ordinal));
    }

    [Fact]
    public void FixedBatch_GivesTheSameRows()
    {
        var free = TinyClassifier.Write(_models.Path, "free");
        var fixedBatch = TinyClassifier.Write(_models.Path, "fixed", 16);
        using var folder = new TemporaryFolder();
        var bundle = Audit(Plan(free, count: 40) with { Variants = [new("free", free, null), new("fixed", fixedBatch, null)] }, folder);
        Assert.Equal(Column(bundle, "free", "logits"), Column(bundle, "fixed", "logits"));
    }

    [Fact]
    public void SamePlan_GivesTheSameBytes()
    {
        var plan = Plan(TinyClassifier.Write(_models.Path));
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        Audit(plan, first);
        Audit(plan, second);
        TemporaryFolder.AssertSame(first, second);
    }

    [Fact]
    public void CancelledRun_Resumed_EqualsAnUninterruptedOne()
    {
        var path = TinyClassifier.Write(_models.Path);
        var plan = Plan(path) with { Variants = [new("dense", path, null), new("masked", path, Half), new("random", path, Half with { Method = "random" })] };
        using var whole = new TemporaryFolder();
        using var resumed = new TemporaryFolder();
        Audit(plan, whole);
        using (var audit = PreparedAudit.Prepare(plan, TestEnvironment.Create()))
        {
            using var source = new CancellationTokenSource();
            var progress = new Immediate(p =>
            {
                if (p.CellNumber == 2 && p.SamplesDone > 0) source.Cancel();
            });
            Assert.ThrowsAny<OperationCanceledException>(() => AuditBundle.Run(audit, resumed.Path, Shard.Whole, false, progress, source.Token));
            Assert.Single(Bundle.Open(resumed.Path).Cells);
            var ran = new List<string>();
            AuditBundle.Run(audit, resumed.Path, Shard.Whole, true, new Immediate(p => ran.Add(p.Cell.Variant)), CancellationToken.None);
            Assert.Equal(["masked", "random"], ran.Distinct());
        }

        TemporaryFolder.AssertSame(whole, resumed);
    }

    [Fact]
    public void ShardsMerged_EqualTheWhole()
    {
        var path = TinyClassifier.Write(_models.Path);
        var plan = Plan(path) with { Variants = [new("dense", path, null), new("masked", path, Half), new("random", path, Half with { Method = "random" })] };
        using var whole = new TemporaryFolder();
        using var merged = new TemporaryFolder();
        using var one = new TemporaryFolder();
        using var two = new TemporaryFolder();
        Audit(plan, whole);
        Audit(plan, one, new Shard(0, 2));
        Audit(plan, two, new Shard(1, 2));
        BundleMerge.Merge([one.Path, two.Path], merged.Path);
        TemporaryFolder.AssertSame(whole, merged);
    }

    [Fact]
    public void NaNWeights_StopTheCell_NamingModelAndSample()
    {
        var path = TinyClassifier.Write(_models.Path, change: model =>
        {
            var weight = model.Graph.Find("fc.weight")!.Initializer!;
            var values = weight.Span<float>().ToArray();
            values[3] = float.NaN;
            model.Graph.SetInitializer("fc.weight", Tensor.FromFloats(weight.Dims, values));
        });
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<AuditException>(() => Audit(Plan(path), folder));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains("tiny", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DataOfAnotherShape_IsRefused_BeforeAnyCell()
    {
        var path = TinyClassifier.Write(_models.Path);
        var (images, labels) = (Path.Combine(_models.Path, "x.npy"), Path.Combine(_models.Path, "y.npy"));
        WriteNpy(images, Tensor.From<byte>(ElementType.UInt8, [2, 28, 28, 3], new byte[2 * 28 * 28 * 3]));
        WriteNpy(labels, Tensor.From<long>(ElementType.Int64, [2], [0, 1]));
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<AuditException>(() => Audit(Plan(path) with { Suites = [new("x", $"npy:{images},{labels}")] }, folder));
        Assert.Contains("3×28×28", error.Found, StringComparison.Ordinal);
        Assert.Contains("input 'input'", error.Where, StringComparison.Ordinal);
    }

    public void Dispose() => _models.Dispose();

    private static void WriteNpy(string path, Tensor tensor) => File.WriteAllBytes(path, [.. NpyWriter.Header(tensor.Type, tensor.Dims), .. tensor.Data.Span]);

    private static AuditPlan Plan(string path, int count = 96) => new()
    {
        Variants = [new VariantPlan("tiny", path, null)],
        Suites = [new SuitePlan("shapes", $"synthetic:shapes#test[0:{count}]")],
        Batch = 32,
        LatencyRuns = 2,
    };

    private static Bundle Audit(AuditPlan plan, TemporaryFolder folder, Shard? shard = null)
    {
        using var audit = PreparedAudit.Prepare(plan, TestEnvironment.Create());
        AuditBundle.Run(audit, folder.Path, shard ?? Shard.Whole, resume: false, progress: null, CancellationToken.None);
        return Bundle.Open(folder.Path);
    }

    private static float[] Column(Bundle bundle, string variant, string column) =>
        bundle.Column(bundle.Cells.First(c => c.Cell.Variant == variant).Cell, column).Span<float>().ToArray();

    private static double Metric(Bundle bundle, string variant, string metric) =>
        bundle.Cells.First(c => c.Cell.Variant == variant).Result.Slices[0].Metrics.First(m => m.Key == metric).Value;

    private sealed class Immediate(Action<RunProgress> report) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => report(value);
    }
}
