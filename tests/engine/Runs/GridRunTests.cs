using OnnxAudit.Bundles;
using OnnxAudit.Corruptions;
using OnnxAudit.Data;
using OnnxAudit.Plans;
using OnnxAudit.Runs;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Runs;

public sealed class GridRunTests : IDisposable
{
    private const string Data = "synthetic:shapes#test[0:40]";

    private readonly TemporaryFolder _files = new();

    [Fact]
    public void GeneratedGrid_EqualsTheWrittenSuite()
    {
        using var source = DataSpec.Open(Data, new DataOptions());
        var suite = Path.Combine(_files.Path, "suite");
        CorruptedSuite.Write(source, new SuiteSettings(Grid.Corruptions, 7, null, CorruptionOptions.Published), suite, threads: 2, resume: false, progress: null, CancellationToken.None);
        using var live = new TemporaryFolder();
        using var read = new TemporaryFolder();
        var generated = Audit(Plan(), live);
        var published = Audit(Plan() with { Suites = [.. SuiteExpansion.Of($"suite:{suite}")] }, read);
        Assert.Equal(1 + 5 * Grid.Corruptions.Count, generated.Cells.Count);
        foreach (var entry in published.Manifest.Datasets)
        {
            var twin = generated.Manifest.Datasets.Single(d => d.Corruption == entry.Corruption);
            Assert.Equal(Logits(generated, twin.Id), Logits(published, entry.Id));
        }

        Assert.NotEqual(Logits(generated, "shapes"), Logits(generated, "shapes-contrast-3"));
    }

    [Fact]
    public void ShardedResumedAndPlainGrids_AreTheSameBundle()
    {
        using var whole = new TemporaryFolder();
        using var resumed = new TemporaryFolder();
        using var merged = new TemporaryFolder();
        using var one = new TemporaryFolder();
        using var two = new TemporaryFolder();
        Audit(Plan(), whole);
        using (var stop = new CancellationTokenSource())
        using (var audit = PreparedAudit.Prepare(Plan(), TestEnvironment.Create()))
            Assert.ThrowsAny<OperationCanceledException>(() => AuditBundle.Run(audit, resumed.Path, Shard.Whole, resume: false, new StopAt(4, stop), stop.Token));
        Audit(Plan(), resumed, resume: true);
        Audit(Plan(), one, new Shard(0, 2));
        Audit(Plan(), two, new Shard(1, 2));
        BundleMerge.Merge([one.Path, two.Path], merged.Path);
        TemporaryFolder.AssertSame(whole, resumed);
        TemporaryFolder.AssertSame(whole, merged);
    }

    [Fact]
    public void InterruptedSuite_KeepsFinishedFiles_AndRefusesOtherSettings()
    {
        using var source = DataSpec.Open(Data, new DataOptions());
        var (folder, fresh) = (Path.Combine(_files.Path, "a"), Path.Combine(_files.Path, "b"));
        var settings = new SuiteSettings(Grid.Corruptions, 7, null, CorruptionOptions.Published);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => CorruptedSuite.Write(source, settings, folder, 1, false, new StopAtSecond(stop), stop.Token));
        Assert.False(File.Exists(Path.Combine(folder, settings.Corruptions[1].Name + ".npy")));
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => CorruptedSuite.Write(source, settings with { Seed = 8 }, folder, 1, true, null, default)).Code);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => CorruptedSuite.Write(source, settings, folder, 1, false, null, default)).Code);
        var files = CorruptedSuite.Write(source, settings, folder, 2, true, null, default);
        Assert.Equal(CorruptedSuite.Write(source, settings, fresh, 1, false, null, default), files);
        File.AppendAllText(Path.Combine(folder, CorruptedSuite.Labels), "x");
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => CorruptedSuite.Write(source, settings, folder, 1, true, null, default)).Code);
    }

    public void Dispose() => _files.Dispose();

    private static CorruptionGrid Grid => CorruptionGrid.Parse(["brightness,contrast"], [], "test");

    private AuditPlan Plan() => new()
    {
        Variants = [new VariantPlan("tiny", TinyClassifier.Write(_files.Path), null)],
        Suites = [.. Grid.Over(new SuitePlan("shapes", Data))],
        Batch = 16,
        Seed = 7,
        LatencyRuns = 0,
    };

    private static Bundle Audit(AuditPlan plan, TemporaryFolder folder, Shard? shard = null, bool resume = false)
    {
        using var audit = PreparedAudit.Prepare(plan, TestEnvironment.Create());
        AuditBundle.Run(audit, folder.Path, shard ?? Shard.Whole, resume, progress: null, CancellationToken.None);
        return Bundle.Open(folder.Path);
    }

    private static float[] Logits(Bundle bundle, string suite) => bundle.Column(bundle.Cells.Single(c => c.Cell.Suite == suite).Cell, "logits").Span<float>().ToArray();

    private sealed class StopAt(int cell, CancellationTokenSource stop) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            if (value.CellNumber == cell) stop.Cancel();
        }
    }

    private sealed class StopAtSecond(CancellationTokenSource stop) : IProgress<SuiteProgress>
    {
        public void Report(SuiteProgress value)
        {
            if (value.Number == 2) stop.Cancel();
        }
    }
}
