using System.Text.Json;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Families;

namespace OnnxAudit.Tests.Tools.Verbs;

public sealed class MakeVerbTests : IDisposable
{
    private readonly FamilyFixture _fixture = new();
    private readonly string _recipe;
    private readonly string _out;

    public MakeVerbTests()
    {
        (_recipe, _out) = (_fixture.In("family.yaml"), _fixture.In("out"));
        Write("""
              - { name: "m-{amount}", of: dense, prune: { method: magnitude, amount: [0.5, 0.9] } }
              - { name: "{of}-8", of: m-0.5, quantize: { samples: 8 } }
            """);
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Make_PrintsTheTreeAndATable_AndKeepsWhatIsThere()
    {
        var first = CliRun.Of("make", _recipe, "-o", _out);
        Assert.Equal(0, first.Code);
        Assert.Contains("""
            dense.onnx  sparsity 0.00 %
            ├─ m-0.5.onnx  prune: method magnitude, amount 0.5, scope global; sparsity 50.00 %
            │  └─ m-0.5-8.onnx  quantize: 
            """, first.Out);
        Assert.Contains("└─ m-0.9.onnx  prune: method magnitude, amount 0.9, scope global; sparsity 90.00 %", first.Out);
        Assert.Matches(@"m-0\.9 +prune +90\.00 % +\S+ kB +[0-9a-f]{12}", first.Out);
        Assert.Contains("3 of 3 variants made; ", first.Out);
        Assert.DoesNotContain("runtime", first.Out);
        Assert.Contains("note: m-0.5-8: 4 batch normalisations were folded", first.Error);
        Assert.Contains("3 of 3 variants made, 3 of them kept from before; ", CliRun.Of("make", _recipe, "-o", _out).Out);
    }

    [Fact]
    public void Make_FitsTheTerminal() => Assert.All(CliRun.At(80, "make", _recipe, "-o", _out).Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));

    public static TheoryData<string> Shipped => [.. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "models"), "*.yaml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(SourceTree.Root, f))];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void RecipesThatComeAlong_PassTheirChecks(string recipe)
    {
        var run = CliRun.Of("make", Path.Combine(SourceTree.Root, recipe), "--dry-run");
        Assert.True(run.Code == 0, run.Error);
    }

    [Fact]
    public void DryRun_ListsAndWritesNothing()
    {
        var run = CliRun.Of("make", _recipe, "--dry-run");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.StartsWith("shapes: 3 variants of 1 model, checked", run.Out);
        Assert.Matches(@"m-0\.5-8 +m-0\.5 +quantize +data synthetic:shapes#train\[0:40\], samples 8", run.Out);
        using var json = JsonDocument.Parse(CliRun.Of("make", _recipe, "--dry-run", "--json").Out);
        Assert.Equal(3, json.RootElement.GetProperty("variants").GetArrayLength());
        Assert.False(Directory.Exists(_out));
    }

    [Fact]
    public void Json_NamesEveryModelAndItsDigest()
    {
        using var json = JsonDocument.Parse(CliRun.Of("make", _recipe, "-o", _out, "--json").Out);
        var models = json.RootElement.GetProperty("models").EnumerateArray().ToArray();
        Assert.Equal(["dense", "m-0.5", "m-0.9", "m-0.5-8"], models.Select(m => m.GetProperty("name").GetString()));
        Assert.All(models, m => Assert.Equal(OnnxAudit.Files.Digest.OfFile(Path.Combine(_out, m.GetProperty("file").GetString()!)), m.GetProperty("sha256").GetString()));
    }

    [Fact]
    public void AFailure_IsToldAndIsTheExitCode()
    {
        Write("  - { name: lost, of: dense, train: { epochs: 3, batch: 8, lr: 1.0e+30, schedule: constant } }\n  - { name: child, of: lost, recalibrate: { batches: 1, batch: 8 } }");
        var run = CliRun.Of("make", _recipe, "-o", _out);
        Assert.Equal(2, run.Code);
        Assert.Contains("lost failed: epoch 1, learning rate 1e+30: found a loss that is not finite", run.Error);
        Assert.Contains("child not made: 'lost', which it is made from, is not there", run.Error);
        Assert.Contains("0 of 2 variants made, 1 failed, 1 not made for want of a parent; ", run.Out);
    }

    [Fact]
    public void DataOnTheCommandLine_StandsForTheRecipes()
    {
        Assert.Equal(0, CliRun.Of("make", _recipe, "-o", _out, "--data", "synthetic:shapes#train[0:16]").Code);
        Assert.Contains("shapes-train-0-16", CliRun.Of("lineage", Path.Combine(_out, "m-0.5-8.onnx")).Out);
    }

    [Fact]
    public void BadCommandLines_AreUsageErrors()
    {
        Assert.Contains("no -o", CliRun.Of("make", _recipe).Error);
        Assert.Contains("jobs: found 0", CliRun.Of("make", _recipe, "-o", _out, "--jobs", "0").Error);
        Assert.Contains("--memory: found 'much'", CliRun.Of("make", _recipe, "-o", _out, "--memory", "much").Error);
        Assert.Contains("--threads takes a number", CliRun.Of("make", _recipe, "-o", _out, "--threads", "0").Error);
        Assert.All(new[] { "--jobs", "--threads" }, option => Assert.Equal(2, CliRun.Of("make", _recipe, "-o", _out, option, "0").Code));
        Assert.Equal(3, CliRun.Of("make", _fixture.In("none.yaml"), "-o", _out).Code);
    }

    private void Write(string variants) => File.WriteAllText(_recipe, $"family: shapes\nthreads: 1\ndata: \"synthetic:shapes#train[0:40]\"\nmodels: {{ dense: shapes_cnn.onnx }}\nvariants:\n{variants}\n");
}
