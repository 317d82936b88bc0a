using System.Text.Json;
using OnnxAudit.Files;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Tools.Verbs;

public sealed class LineageVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _base;
    private readonly string _half;
    private readonly string _fifth;
    private readonly string _random;

    public LineageVerbTests()
    {
        Directory.CreateDirectory(_folder.Path);
        _base = _folder.In("base.onnx");
        File.Copy(Path.Combine(SourceTree.Root, "models/shapes_cnn.onnx"), _base);
        (_half, _fifth, _random) = (_folder.In("half.onnx"), _folder.In("fifth.onnx"), _folder.In("random.onnx"));
        Prune(_base, "magnitude", "0.5", _half);
        Prune(_half, "magnitude", "0.8", _fifth);
        Prune(_base, "random", "0.3", _random);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lineage_DrawsTheTree()
    {
        var run = CliRun.Of("lineage", _fifth, _half, _random, _base, _half);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal("""
            base.onnx  sparsity 0.00 %
            ├─ half.onnx  prune: method magnitude, amount 0.5, scope global; sparsity 50.00 %
            │  └─ fifth.onnx  prune: method magnitude, amount 0.8, scope global; sparsity 80.00 %
            └─ random.onnx  prune: method random, amount 0.3, scope global, seed 0; sparsity 30.00 %

            4 models

            """, run.Out);
    }

    [Fact]
    public void Lineage_FitsTheTerminal()
    {
        var run = CliRun.At(80, "lineage", _base, _half, _fifth, _random);
        Assert.All(run.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains("│  └─ fifth.onnx", run.Out);
        Assert.All(CliRun.At(80, "lineage", "--help").Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void MissingParent_IsShownWithItsDigest_AndIsNoFailure()
    {
        var run = CliRun.Of("lineage", _fifth);
        Assert.Equal(0, run.Code);
        Assert.StartsWith($"half.onnx  missing, sha256 {Digest.OfFile(_half)[..16]}…\n└─ fifth.onnx", run.Out);
        Assert.EndsWith("1 model, 1 parent missing\n", run.Out);
    }

    [Fact]
    public void ChangedParent_FailsWithCode3_AndNamesBothDigests()
    {
        var digest = Digest.OfFile(_half);
        Prune(_base, "magnitude", "0.6", _half);
        var run = CliRun.Of("lineage", _base, _half, _fifth, "--json");
        Assert.Equal(3, run.Code);
        Assert.Contains(digest, run.Error);
        Assert.Contains(Digest.OfFile(_half), run.Error);
        using var json = JsonDocument.Parse(run.Out);
        Assert.False(json.RootElement.GetProperty("verified").GetBoolean());
        Assert.Equal([("base.onnx", "found"), ("half.onnx", "found"), ("half.onnx", "changed"), ("fifth.onnx", "found")],
            json.RootElement.GetProperty("models").EnumerateArray().Select(m => (m.GetProperty("name").GetString()!, m.GetProperty("state").GetString()!)));
        // Two models bear the name: the index says that fifth.onnx hangs from the one that is not there.
        Assert.Equal(2, json.RootElement.GetProperty("models")[3].GetProperty("parent").GetInt32());
        Assert.Contains("half.onnx  CHANGED", CliRun.Of("lineage", _base, _half, _fifth).Out);
    }

    [Fact]
    public void ExportedLineage_ImportsAsTheSameTree()
    {
        var (list, again) = (_folder.In("list.json"), _folder.In("again.json"));
        var files = CliRun.Of("lineage", _base, _half, _fifth, _random, "--export", list);
        var import = CliRun.Of("lineage", "--import", list, "--export", again);
        Assert.Equal((0, 0), (files.Code, import.Code));
        Assert.Equal(files.Out.Replace(".onnx", "", StringComparison.Ordinal), import.Out);
        Assert.Equal(File.ReadAllText(list), File.ReadAllText(again));
    }

    [Fact]
    public void FamilyOfFortyVariants_IsDrawnFromItsFilesAlone()
    {
        var files = new List<string> { _base };
        for (var i = 1; i <= 20; i++)
        {
            var (first, second) = (_folder.In($"v{i}.onnx"), _folder.In($"w{i}.onnx"));
            Prune(_base, "random", $"0.{i + 10}", first);
            Prune(first, "magnitude", $"0.{i + 50}", second);
            files.InsertRange(0, [first, second]);
        }

        var run = CliRun.At(80, ["lineage", .. files]);
        Assert.Equal(0, run.Code);
        Assert.EndsWith("41 models\n", run.Out);
        Assert.Equal(19, run.Out.Split('\n').Count(l => l.StartsWith("├─ v", StringComparison.Ordinal)));
        Assert.Equal(20, run.Out.Split('\n').Count(l => l.StartsWith("│  └─ w", StringComparison.Ordinal) || l.StartsWith("   └─ w", StringComparison.Ordinal)));
    }

    [Fact]
    public void ExternalWeights_AreVerified_AndNeverReplaced()
    {
        var (model, made) = (_folder.In("external.onnx"), _folder.In("made.onnx"));
        OnnxWriter.Write(OnnxReader.Read(_base), model, new OnnxWriteOptions { ExternalDataFile = "external.data" });
        Prune(model, "magnitude", "0.5", made);
        Assert.StartsWith("external.onnx", CliRun.Of("lineage", made, model).Out);
        Assert.Equal(2, CliRun.Of("lineage", made, model, "--export", _folder.In("external.data")).Code);
        var bytes = File.ReadAllBytes(_folder.In("external.data"));
        bytes[^1] ^= 1;
        AtomicFile.WriteBytes(_folder.In("external.data"), bytes);
        Assert.Equal(3, CliRun.Of("lineage", made, model).Code);
    }

    [Fact]
    public void BadRequests_HaveTheirCodes()
    {
        Assert.Equal(2, CliRun.Of("lineage").Code);
        Assert.Equal(2, CliRun.Of("lineage", _base, "--import", "x.json").Code);
        Assert.Equal(2, CliRun.Of("lineage", _base, "--export", _base).Code);
        Assert.Equal(3, CliRun.Of("lineage", _folder.In("none.onnx")).Code);
        Assert.Equal(3, CliRun.Of("lineage", "--import", _folder.In("none.json")).Code);
        Assert.Equal(3, CliRun.Of("lineage", "--import", _base).Code);
    }

    private static void Prune(string model, string method, string amount, string output) =>
        Assert.Equal(0, CliRun.Of("prune", model, "--method", method, "--amount", amount, "-o", output).Code);
}
