using OnnxAudit.Bundles;

namespace OnnxAudit.Tests.Bundles;

public class ResumeTests
{
    public static TheoryData<string> Interruptions => [.. States.Keys];

    /// <summary>What a kill, a full disk or a failing one can leave of a bundle with three of four cells done.</summary>
    private static readonly Dictionary<string, Action<TemporaryFolder>> States = new()
    {
        ["between cells"] = _ => { },
        ["marker missing"] = f => File.Delete(f.In("done/dense--clean--cpu")),
        ["marker being written"] = f =>
        {
            File.Move(f.In("done/dense--clean--cpu"), f.In("done/.dense--clean--cpu.1a-1.tmp"));
            File.WriteAllText(f.In("done/.dense--clean--cpu.1a-1.tmp"), "dead");
        },
        ["marker empty"] = f => File.WriteAllText(f.In("done/dense--clean--cpu"), ""),
        ["cell being built"] = f =>
        {
            Directory.CreateDirectory(f.In("cells/.magnitude-0.50--fog-3--cpu.building"));
            File.WriteAllText(f.In("cells/.magnitude-0.50--fog-3--cpu.building/logits.npy.lz4"), "half");
        },
        ["column truncated"] = f => Truncate(f.In("cells/dense--clean--cpu/logits.npy.lz4")),
        ["column missing"] = f => File.Delete(f.In("cells/dense--fog-3--cpu/correct.npy.lz4")),
        ["cell.json truncated"] = f => Truncate(f.In("cells/dense--clean--cpu/cell.json")),
        ["timing.json missing"] = f => File.Delete(f.In("cells/dense--clean--cpu/timing.json")),
        ["cell folder missing"] = f => Directory.Delete(f.In("cells/dense--clean--cpu"), recursive: true),
        ["samples truncated"] = f => Truncate(f.In("samples/clean/labels.npy.lz4")),
        ["samples missing"] = f => Directory.Delete(f.In("samples"), recursive: true),
        ["manifest being written"] = f => File.WriteAllText(f.In(".manifest.json.1a-1.tmp"), "{"),
        ["before the first manifest"] = f =>
        {
            foreach (var entry in Directory.GetDirectories(f.Path)) Directory.Delete(entry, recursive: true);
            File.Move(f.In("manifest.json"), f.In(".manifest.json.1a-1.tmp"));
        },
        ["lock left"] = f => File.WriteAllText(f.In(".lock"), ""),
        ["models written, manifest not"] = f => File.WriteAllText(f.In("models.json"), "{}"),
    };

    [Theory]
    [MemberData(nameof(Interruptions))]
    public void ResumedBundle_IsTheUninterruptedOne_AfterAnyInterruption(string state)
    {
        using var whole = new TemporaryFolder();
        using var broken = new TemporaryFolder();
        new SmallBundle().Run(whole.Path);
        Assert.Null(new SmallBundle { Latency = 3 }.Run(broken.Path, stopAfter: 3));
        States[state](broken);
        Assert.NotNull(new SmallBundle { Latency = 4 }.Run(broken.Path, resume: true));
        TemporaryFolder.AssertSame(whole, broken);
        Assert.Empty(Bundle.Open(broken.Path).Missing);
    }

    [Fact]
    public void FinishedCells_AreNotRunAgain()
    {
        using var folder = new TemporaryFolder();
        var ran = new List<string>();
        new SmallBundle().Run(folder.Path, stopAfter: 3);
        new SmallBundle().Run(folder.Path, resume: true, ran: ran);
        Assert.Equal(["magnitude-0.50--fog-3--cpu"], ran);
        ran.Clear();
        new SmallBundle().Run(folder.Path, resume: true, ran: ran);
        Assert.Empty(ran);
    }

    [Fact]
    public void UnfinishedBundle_CanBeOpened_AndNamesWhatIsMissing()
    {
        using var folder = new TemporaryFolder();
        new SmallBundle().Run(folder.Path, stopAfter: 3);
        var bundle = Bundle.Open(folder.Path);
        Assert.False(bundle.IsFinished);
        Assert.Equal(3, bundle.Cells.Count);
        Assert.Equal(["magnitude-0.50--fog-3--cpu"], bundle.Missing.Select(c => c.Id));
    }

    [Fact]
    public void BundleFinishedEarly_IsSound_AndCanBeResumed()
    {
        using var folder = new TemporaryFolder();
        using var whole = new TemporaryFolder();
        var made = new SmallBundle();
        using (var writer = BundleWriter.Create(folder.Path, made.Manifest, resume: false))
        {
            foreach (var suite in made.Suites) made.WriteSamples(writer, suite);
            made.WriteCell(writer, made.Manifest.Cells[0]);
            writer.Finish();
        }

        Assert.True(Bundle.Open(folder.Path).IsFinished);
        Assert.Equal(3, Bundle.Open(folder.Path).Missing.Count);
        made.Run(folder.Path, resume: true);
        made.Run(whole.Path);
        TemporaryFolder.AssertSame(whole, folder);
    }

    [Fact]
    public void Resume_IsRefused_WhenTheSettingsDiffer_AndNamesTheField()
    {
        using var folder = new TemporaryFolder();
        new SmallBundle().Run(folder.Path, stopAfter: 1);
        var before = folder.Contents();
        var error = Assert.Throws<AuditException>(() => new SmallBundle { Threads = 3 }.Run(folder.Path, resume: true));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.Contains("$.threads = 2; expected 3", error.Message, StringComparison.Ordinal);
        Assert.Equal(before.Keys, folder.Contents().Keys);
        Assert.Single(Bundle.Open(folder.Path).Cells);
    }

    [Fact]
    public void CellDoneTwice_IsAProgrammingError()
    {
        using var folder = new TemporaryFolder();
        var made = new SmallBundle();
        using var writer = BundleWriter.Create(folder.Path, made.Manifest, resume: false);
        made.WriteCell(writer, made.Manifest.Cells[0]);
        Assert.Throws<InvalidOperationException>(() => made.WriteCell(writer, made.Manifest.Cells[0]));
    }

    private static void Truncate(string path)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.SetLength(file.Length / 2);
    }
}
