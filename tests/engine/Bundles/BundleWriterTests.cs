using OnnxAudit.Bundles;
using OnnxAudit.Graphs;
using OnnxAudit.Runs;

namespace OnnxAudit.Tests.Bundles;

public class BundleWriterTests
{
    [Fact]
    public void WhatIsWritten_IsRead()
    {
        using var folder = new TemporaryFolder();
        var made = new SmallBundle();
        var manifest = made.Run(folder.Path)!;
        var bundle = Bundle.Open(folder.Path);
        Assert.Equal(manifest.Digest, bundle.Digest);
        Assert.Equal(4, bundle.Cells.Count);
        Assert.Empty(bundle.Missing);
        Assert.Equal(ulong.MaxValue, bundle.Manifest.Seed);
        Assert.Equal(3.5, bundle.Manifest.Variants[0].Metrics[0].Value);
        var cell = bundle.Cells[1];
        Assert.Equal("magnitude-0.50--clean--cpu", cell.Cell.Id);
        Assert.Equal(0.1 + 0.2, cell.Result.Slices[0].Metrics[1].Value);
        Assert.True(double.IsNaN(cell.Result.Slices[^1].Metrics[0].Value));
        Assert.Equal(1.5, cell.Timing.Metrics[0].Value);
        Assert.Equal(["a note"], cell.Result.Notes);
        var correct = bundle.Column(cell.Cell, "correct");
        Assert.Equal(ElementType.UInt8, correct.Type);
        for (var row = 0; row < SmallBundle.Samples; row++) Assert.Equal(made.IsCorrect(cell.Cell, row) ? 1 : 0, correct.Span<byte>()[row]);
        Assert.Equal([SmallBundle.Samples, SmallBundle.Classes], bundle.Column(cell.Cell, "logits").Dims.ToArray());
        var samples = bundle.Samples("fog-3");
        Assert.Equal(SmallBundle.Label(7), samples.Labels.Span[7]);
        Assert.Equal(1007, samples.SourceIndices.Span[7]);
        Assert.Equal("bee", samples.Classes[1]);
        Assert.Equal(50, samples.Groups[0].Rows.Count);
    }

    [Fact]
    public void SameRun_GivesTheSameBytes()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        new SmallBundle().Run(first.Path);
        new SmallBundle { Latency = 9 }.Run(second.Path);
        TemporaryFolder.AssertSame(first, second);
    }

    [Fact]
    public void Digest_IsTheHashOfTheManifest_WithZerosInItsPlace()
    {
        using var folder = new TemporaryFolder();
        var digest = new SmallBundle().Run(folder.Path)!.Digest!;
        var text = File.ReadAllText(folder.In("manifest.json")).Replace(digest, new string('0', 64), StringComparison.Ordinal);
        Assert.Equal(digest, OnnxAudit.Files.Digest.Of(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void ColumnFiles_AreWrittenTheSame_HoweverRowsAreCut()
    {
        using var whole = new TemporaryFolder();
        using var cut = new TemporaryFolder();
        var made = new SmallBundle { Variants = ["dense"], Suites = ["clean"] };
        var values = new byte[SmallBundle.Samples * 9000];
        for (var i = 0; i < values.Length; i++) values[i] = (byte)(i * i >> 9);
        foreach (var (folder, step) in new[] { (whole, values.Length), (cut, 7001) })
        {
            using var writer = BundleWriter.Create(folder.Path, made.Manifest, resume: false);
            using var cell = writer.Begin(made.Manifest.Cells[0]);
            for (var at = 0; at < values.Length; at += step)
                cell.Append("features", ElementType.UInt8, [SmallBundle.Samples, 9000], values.AsSpan(at, Math.Min(step, values.Length - at)));
            cell.Complete(new CellResult(SmallBundle.Samples, [], []), new CellTiming([], []));
            writer.Finish();
        }

        TemporaryFolder.AssertSame(whole, cut);
    }

    [Fact]
    public void AbandonedCell_DoesNotCount_AndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        var made = new SmallBundle();
        using (var writer = BundleWriter.Create(folder.Path, made.Manifest, resume: false))
        {
            using (var cell = writer.Begin(made.Manifest.Cells[0])) cell.Append("correct", ElementType.UInt8, [SmallBundle.Samples], new byte[10]);
            Assert.False(writer.IsDone(made.Manifest.Cells[0]));
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.In("cells")));
        Assert.Equal(4, Bundle.Open(folder.Path).Missing.Count);
    }

    [Fact]
    public void ColumnWithoutAllItsRows_CannotBeCompleted()
    {
        using var folder = new TemporaryFolder();
        var made = new SmallBundle();
        using var writer = BundleWriter.Create(folder.Path, made.Manifest, resume: false);
        using var cell = writer.Begin(made.Manifest.Cells[0]);
        cell.Append("correct", ElementType.UInt8, [SmallBundle.Samples], new byte[99]);
        Assert.Throws<InvalidOperationException>(() => cell.Complete(new CellResult(SmallBundle.Samples, [], []), new CellTiming([], [])));
        Assert.False(writer.IsDone(made.Manifest.Cells[0]));
    }

    [Fact]
    public void FolderWithOtherFiles_IsRefused_AndUntouched()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Path);
        File.WriteAllText(folder.In("thesis.tex"), "mine");
        var error = Assert.Throws<AuditException>(() => BundleWriter.Create(folder.Path, new SmallBundle().Manifest, resume: false));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.Contains("thesis.tex", error.Message, StringComparison.Ordinal);
        Assert.Equal(["thesis.tex"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void BundleThere_IsReplaced_WithoutResume()
    {
        using var folder = new TemporaryFolder();
        using var fresh = new TemporaryFolder();
        new SmallBundle { Variants = ["dense", "old"] }.Run(folder.Path);
        new SmallBundle().Run(folder.Path);
        new SmallBundle().Run(fresh.Path);
        TemporaryFolder.AssertSame(fresh, folder);
    }

    [Theory]
    [InlineData("not JSON at all", true)]
    [InlineData("""{"schema": "onnxaudit.bundle/9"}""", true)]
    [InlineData("""{"schema": "onnxaudit.bundle/9"}""", false)]
    public void BundleWithAManifestThatCannotBeRead_IsReplaced_ButNotResumed(string manifest, bool withCells)
    {
        // A damaged or newer manifest stopped even a run that was asked to replace the bundle, with exit 3.
        // The only way on was to delete the folder by hand.
        using var folder = new TemporaryFolder();
        using var fresh = new TemporaryFolder();
        new SmallBundle().Run(folder.Path);
        File.WriteAllText(folder.In("manifest.json"), manifest);
        if (!withCells) foreach (var inner in Directory.GetDirectories(folder.Path)) Directory.Delete(inner, recursive: true);
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => new SmallBundle().Run(folder.Path, resume: true)).Code);
        new SmallBundle().Run(folder.Path);
        new SmallBundle().Run(fresh.Path);
        TemporaryFolder.AssertSame(fresh, folder);
    }

    [Fact]
    public void ManifestOfSomethingElse_IsNotReplaced()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.In("samples"));
        File.WriteAllText(folder.In("manifest.json"), """{"name": "a web page"}""");
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => new SmallBundle().Run(folder.Path)).Code);
        Assert.Equal("""{"name": "a web page"}""", File.ReadAllText(folder.In("manifest.json")));
        Assert.True(Directory.Exists(folder.In("samples")));
    }

    [Fact]
    public void FullDisk_IsAnEnvironmentError_AndLeavesNoHalfCell()
    {
        // Disposing the cell after a failed Append flushed the LZ4 frame again; its IOException replaced the Environment error, exit 70,
        // and the half-built folder stayed.
        using var folder = new TemporaryFolder();
        var made = new SmallBundle();
        using var writer = BundleWriter.Create(folder.Path, made.Manifest, resume: false);
        var noise = new byte[SmallBundle.Samples * 4096];
        new Random(1).NextBytes(noise);
        var error = Assert.Throws<AuditException>(() =>
        {
            using var cell = new CellWriter(writer, made.Manifest.Cells[0], SmallBundle.Samples, path => new FullDisk(path, 100_000));
            cell.Append("features", ElementType.UInt8, [SmallBundle.Samples, 4096], noise);
        });
        Assert.Equal(AuditCode.Environment, error.Code);
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.In("cells")));
    }

    [Fact]
    public void SecondWriter_IsRefused_WhileTheFirstWrites()
    {
        using var folder = new TemporaryFolder();
        using var first = BundleWriter.Create(folder.Path, new SmallBundle().Manifest, resume: false);
        var error = Assert.Throws<AuditException>(() => BundleWriter.Create(folder.Path, new SmallBundle().Manifest, resume: true));
        Assert.Equal(AuditCode.Environment, error.Code);
    }

    [Fact]
    public void Models_AreListedInTheCompressAndCompareShape()
    {
        using var folder = new TemporaryFolder();
        new SmallBundle { Suites = ["clean"] }.Run(folder.Path);
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(folder.In("models.json")));
        var operation = json.RootElement.GetProperty("operations")[0];
        Assert.Equal("magnitude", operation.GetProperty("name").GetString());
        Assert.Equal("continuous", operation.GetProperty("parameters").GetProperty("amount").GetProperty("type").GetString());
        Assert.Equal("global", operation.GetProperty("parameters").GetProperty("scope").GetProperty("options")[0].GetString());
        var models = json.RootElement.GetProperty("models");
        Assert.Equal("dense", models[1].GetProperty("base").GetString());
        Assert.Equal(0.5, models[1].GetProperty("operation").GetProperty("parameters").GetProperty("amount").GetDouble());
        Assert.Equal(4.5, models[1].GetProperty("metrics").GetProperty("energy_mj").GetDouble());
        Assert.True(models[1].GetProperty("metrics").GetProperty("accuracy").GetDouble() > 0.5);
    }

    /// <summary>A file on a disk with room for so many bytes.</summary>
    private sealed class FullDisk(string path, int room) : FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1)
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > room) throw new IOException("No space left on device");
            base.Write(buffer, offset, count);
        }
    }
}
