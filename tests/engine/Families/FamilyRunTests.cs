using OnnxAudit.Compression;
using OnnxAudit.Families;

namespace OnnxAudit.Tests.Families;

/// <summary>Families made, broken off, gone on with.</summary>
public sealed class FamilyRunTests : IDisposable
{
    private const string Chain = """
          - { name: "m-{amount}", of: dense, prune: { method: magnitude, amount: [0.5, 0.9] } }
          - { name: "{of}-tuned", of: "m-*", train: { epochs: 2, batch: 10, lr: 0.01, keep-zeros: true } }
          - { name: "{of}-8", of: "*-tuned", quantize: { samples: 8 } }
          - { name: "{of}-calibrated", of: m-0.9, recalibrate: { batches: 2, batch: 8 } }
        """;

    private readonly FamilyFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void FortyVariants_AreATreeFromTheFilesAlone()
    {
        var report = FamilyRun.Run(_fixture.Plan("""
              - { name: "{method}-{amount}-{scope}", of: dense, prune: { method: [magnitude, random], amount: [0.1, 0.3, 0.5, 0.7, 0.9], scope: [global, layer] } }
              - { name: "{of}-again-{amount}", of: ["*-global"], prune: { method: magnitude, amount: [0.92, 0.95] } }
            """), new FamilyOptions());
        Assert.Equal(0, report.ExitCode);
        Assert.Equal(41, report.Index.Entries.Count);
        var files = Directory.GetFiles(_fixture.In("out"), "*.onnx");
        var forest = LineageForest.Of(files);
        Assert.Equal(41, forest.Nodes.Count);
        var root = Assert.Single(forest.Roots);
        Assert.Equal(("dense.onnx", 20), (root.Name, root.Children.Count));
        Assert.All(root.Children, child => Assert.Equal(child.Name.Contains("-global") ? 2 : 0, child.Children.Count));
        Assert.All(forest.Nodes.SelectMany(n => n.Links), link => Assert.Equal(ParentState.Found, link.State));
        var shas = files.ToDictionary(f => Path.GetFileNameWithoutExtension(f), OnnxAudit.Files.Digest.OfFile);
        Assert.All(report.Index.Entries, e => Assert.Equal(shas[e.Name], e.Sha256));
    }

    [Fact]
    public void TwoJobs_GiveTheBytesOfOne()
    {
        Assert.Equal(0, FamilyRun.Run(_fixture.Plan(Chain, "one"), new FamilyOptions()).ExitCode);
        Assert.Equal(0, FamilyRun.Run(_fixture.Plan(Chain, "two"), new FamilyOptions { Jobs = 2 }).ExitCode);
        Assert.Equal(0, FamilyRun.Run(_fixture.Plan(Chain, "tight"), new FamilyOptions { Jobs = 3, MemoryBytes = 1 }).ExitCode);
        Assert.Equal(_fixture.Files("one"), _fixture.Files("two"));
        Assert.Equal(_fixture.Files("one"), _fixture.Files("tight"));
    }

    /// <summary>Stopped within a training and right behind one, gone on with each time: the very files of a run without a break.</summary>
    [Fact]
    public void AnInterruptedFamily_EndsInTheFilesOfAnUninterruptedOne()
    {
        FamilyRun.Run(_fixture.Plan(Chain, "whole"), new FamilyOptions());
        foreach (var halt in new Func<FamilyProgress, bool>[] { p => p is { Ended: null, Share: > 0.6 and < 1 }, p => p is { Ended: FamilyState.Made, Variant.Name: "m-0.9-tuned" } })
        {
            using var stop = new CancellationTokenSource();
            var watch = new Watch(p =>
            {
                if (halt(p)) stop.Cancel();
            });
            Assert.ThrowsAny<OperationCanceledException>(() => FamilyRun.Run(_fixture.Plan(Chain, "broken"), new FamilyOptions(), watch, stop.Token));
        }

        var report = FamilyRun.Run(_fixture.Plan(Chain, "broken"), new FamilyOptions());
        Assert.Equal(["m-0.5", "m-0.9", "m-0.5-tuned", "m-0.9-tuned"], report.Kept);
        Assert.Equal(_fixture.Files("whole"), _fixture.Files("broken"));
    }

    [Fact]
    public void AFinishedFamily_IsKept_UntilItsRecipeItsFilesOrTheCallerSayOtherwise()
    {
        const string variants = "  - { name: a, of: dense, prune: { method: random, amount: 0.5, seed: 1 } }\n  - { name: b, of: a, prune: { method: magnitude, amount: 0.8 } }";
        FamilyRun.Run(_fixture.Plan(variants), new FamilyOptions());
        Assert.Equal(["a", "b"], Again(variants).Kept);
        Assert.Equal(["a"], Again(variants.Replace("0.8", "0.9")).Kept);
        Assert.Empty(Again(variants.Replace("seed: 1", "seed: 2")).Kept);
        File.WriteAllBytes(_fixture.In("out/a.onnx"), [1, 2, 3]);
        Assert.Empty(Again(variants).Kept.Except(["b"]));
        Assert.Empty(FamilyRun.Run(_fixture.Plan(variants), new FamilyOptions { Again = true }).Kept);

        FamilyReport Again(string text) => FamilyRun.Run(_fixture.Plan(text), new FamilyOptions());
    }

    /// <summary>Found only by running: a rate so high that the loss is soon not finite.</summary>
    [Fact]
    public void AFailure_TakesItsDescendantsAlone()
    {
        var report = FamilyRun.Run(_fixture.Plan("""
              - { name: lost, of: dense, train: { epochs: 3, batch: 8, lr: 1.0e+30, schedule: constant } }
              - { name: child, of: lost, recalibrate: { batches: 1, batch: 8 } }
              - { name: grandchild, of: child, quantize: { samples: 8 } }
              - { name: kept, of: dense, prune: { method: magnitude, amount: 0.5 } }
            """), new FamilyOptions());
        Assert.Equal([FamilyState.Made, FamilyState.Failed, FamilyState.NotMade, FamilyState.NotMade, FamilyState.Made], report.Index.Entries.Select(e => e.State));
        Assert.Contains("a loss that is not finite", report.Index.Entries[1].Error);
        Assert.Equal("'lost', which it is made from, is not there", report.Index.Entries[2].Error);
        Assert.Equal((int)AuditCode.Usage, report.ExitCode);
        Assert.Equal(["dense.json", "dense.onnx", "family.json", "kept.onnx"], _fixture.Files("out").Keys);
    }

    [Fact]
    public void AFileThatTheFamilyDidNotMake_IsNotReplaced()
    {
        const string variants = "  - { name: a, of: dense, prune: { method: magnitude, amount: 0.5 } }";
        Directory.CreateDirectory(_fixture.In("out"));
        File.WriteAllText(_fixture.In("out/a.onnx"), "mine");
        var error = Assert.Throws<AuditException>(() => FamilyRun.Run(_fixture.Plan(variants), new FamilyOptions()));
        Assert.Equal((AuditCode.Usage, "a file that this family did not make"), (error.Code, error.Found));
        Assert.Equal(["a.onnx"], _fixture.Files("out").Keys);
    }

    [Fact]
    public void AVariantTheRecipeNamesNoMore_StaysInTheIndex_AndMayComeBack()
    {
        const string a = "  - { name: a, of: dense, prune: { method: magnitude, amount: 0.5 } }\n", b = "  - { name: b, of: dense, prune: { method: magnitude, amount: 0.6 } }\n";
        FamilyRun.Run(_fixture.Plan(a + b), new FamilyOptions());
        var less = FamilyRun.Run(_fixture.Plan(a), new FamilyOptions());
        Assert.Equal([("dense", FamilyState.Made), ("a", FamilyState.Made), ("b", FamilyState.Earlier)], less.Index.Entries.Select(e => (e.Name, e.State)));
        Assert.Equal(["a", "b"], FamilyRun.Run(_fixture.Plan(a + b), new FamilyOptions()).Kept);
    }

    [Fact]
    public void ADamagedIndex_IsRefused()
    {
        Directory.CreateDirectory(_fixture.In("out"));
        foreach (var text in new[] { "{", """{"schema":"onnxaudit.family/2","family":"f","models":[]}""", """{"schema":"onnxaudit.family/1","family":"f","models":[{"name":"a","file":"a.onnx","state":"odd"}]}""" })
        {
            File.WriteAllText(_fixture.In("out/family.json"), text);
            Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => FamilyRun.Run(_fixture.Plan("  - { of: dense, prune: { method: magnitude, amount: 0.5 } }"), new FamilyOptions())).Code);
        }
    }

    private sealed class Watch(Action<FamilyProgress> see) : IProgress<FamilyProgress>
    {
        public void Report(FamilyProgress value) => see(value);
    }
}
