using System.Text.Json;
using OnnxAudit.Analyses;
using OnnxAudit.Bundles;
using OnnxAudit.Files;
using OnnxAudit.Statistics;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Analyses;

public sealed class AnalysisFolderTests : IDisposable
{
    private static readonly AnalysisSettings Quick = new() { Bootstrap = new BootstrapOptions(20), RandomPairs = 50 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Analysis_LeavesTheBundlesDigest_AndNamesIt()
    {
        var bundle = new GridBundle().Write(_folder.Path);
        var folder = AnalysisFolder.Write(bundle, "default", Analysis.Of(bundle, Quick));
        Assert.Equal(_folder.In("analysis/default"), folder);
        Assert.Equal(bundle.Digest, Bundle.Open(_folder.Path).Digest);
        var root = AnalysisFolder.Read(bundle, "default")!.Value;
        Assert.Equal(bundle.Digest, root.GetProperty("bundle").GetString());
        Assert.Null(AnalysisFolder.Read(bundle, "other"));
    }

    /// <summary>Read back as anybody would: LZ4 frame, npy, SHA-256 of the uncompressed bytes.</summary>
    [Fact]
    public void Columns_AreNpy_WithTheirDigestInTheTable()
    {
        var bundle = new GridBundle().Write(_folder.Path);
        var analysis = Analysis.Of(bundle, Quick);
        var folder = AnalysisFolder.Write(bundle, "default", analysis);
        var columns = AnalysisFolder.Read(bundle, "default")!.Value.GetProperty("columns").EnumerateArray().ToArray();
        Assert.Equal(analysis.Columns.Count(), columns.Length);
        foreach (var (column, made) in columns.Zip(analysis.Columns))
        {
            var path = Path.Combine(folder, column.GetProperty("path").GetString()!);
            using var file = Lz4Frame.OpenFile(path);
            using var frame = Lz4Frame.Decompress(file, path);
            using var bytes = new MemoryStream();
            frame.CopyTo(bytes);
            Assert.Equal(column.GetProperty("sha256").GetString(), Digest.Of(bytes.ToArray()));
            Assert.Equal(made.Bytes, bytes.ToArray()[^made.Bytes.Length..]);
        }
    }

    [Fact]
    public void WritingAgain_GivesTheSameBytes_AndReplacesWhatWasThere()
    {
        var bundle = new GridBundle().Write(_folder.Path);
        AnalysisFolder.Write(bundle, "default", Analysis.Of(bundle, Quick));
        var first = _folder.Contents();
        File.WriteAllText(_folder.In("analysis/default/stale"), "");
        Directory.CreateDirectory(_folder.In("analysis/.default.building/left"));
        AnalysisFolder.Write(bundle, "default", Analysis.Of(bundle, Quick));
        var again = _folder.Contents();
        Assert.Equal(first.Keys, again.Keys);
        Assert.All(first, f => Assert.True(f.Value.AsSpan().SequenceEqual(again[f.Key]), f.Key));
    }

    [Fact]
    public void AnalysisOfAnotherState_IsRefused_AndANewBundleDropsIt()
    {
        var bundle = new GridBundle().Write(_folder.Path);
        AnalysisFolder.Write(bundle, "default", Analysis.Of(bundle, Quick));
        var path = _folder.In("analysis/default/analysis.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace(bundle.Digest, new string('0', 64), StringComparison.Ordinal));
        Assert.Contains("run analyze again", Assert.Throws<AuditException>(() => AnalysisFolder.Read(bundle, "default")).Fix);
        File.WriteAllText(path, "{");
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => AnalysisFolder.Read(bundle, "default")).Code);
        Assert.Null(AnalysisFolder.Read(new GridBundle().Write(_folder.Path), "default"));
    }

    [Fact]
    public void NamesThatLeadElsewhere_AreUsage()
    {
        var bundle = new GridBundle().Write(_folder.Path);
        var analysis = Analysis.Of(bundle, Quick);
        foreach (var name in new[] { "", "..", "a/b", ".x" })
            Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => AnalysisFolder.Write(bundle, name, analysis)).Code);
    }

    [Fact]
    public void Json_HoldsNoNumberThatIsNone()
    {
        var bundle = new GridBundle().Write(_folder.Path);
        AnalysisFolder.Write(bundle, "default", Analysis.Of(bundle, Quick));
        var exemplar = AnalysisFolder.Read(bundle, "default")!.Value.GetProperty("exemplars")[0];
        Assert.Equal(JsonValueKind.Null, exemplar.GetProperty("recalls")[0].GetProperty("recall").GetProperty("p").ValueKind);
    }
}
