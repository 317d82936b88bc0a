using OnnxAudit.Bundles;
using OnnxAudit.Cli;
using OnnxAudit.Cli.Verbs;
using OnnxAudit.Families;
using OnnxAudit.Plans;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>The demo's audit on a few drawn shapes; the test script runs the whole of it.</summary>
public sealed class DemoVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SecondDemo_WithOtherSettings_StartsOver()
    {
        Assert.DoesNotContain("starting over", Audit(threads: 1));
        Assert.DoesNotContain("starting over", Audit(threads: 1));
        Assert.Contains("starting over", Audit(threads: 2));
        var bundle = Bundle.Open(_folder.Path);
        Assert.Equal((2, 0), (bundle.Manifest.Threads, bundle.Missing.Count));
    }

    [Fact]
    public void ThePlan_AuditsWhatTheRecipeMakes()
    {
        var folder = Path.Combine(SourceTree.Root, "tools/onnxaudit/Demo");
        var recipe = FamilyFile.Read(YamlJson.ReadFile(Path.Combine(folder, "family.yaml")), "family.yaml", folder);
        var plan = PlanFile.Read(YamlJson.ReadFile(Path.Combine(folder, "plan.yaml")), "plan.yaml", new AuditPlan { Variants = [], Suites = [] });
        Assert.Equal(recipe.Models.Select(m => m.Name).Concat(recipe.Variants.Select(v => v.Name)), plan.Variants.Select(v => v.Id));
        Assert.All(plan.Variants, v => Assert.Equal($"family/{v.Id}.onnx", v.Model));
    }

    [Fact]
    public void FolderThatIsNoBundle_IsRefused_Untouched()
    {
        Directory.CreateDirectory(_folder.Path);
        File.WriteAllText(_folder.In("mine.txt"), "mine");
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Audit(threads: 1)).Code);
        Assert.Equal([_folder.In("mine.txt")], Directory.GetFileSystemEntries(_folder.Path));
    }

    /// <summary>What was said on the error stream.</summary>
    private string Audit(int threads)
    {
        using var error = new StringWriter();
        var model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
        var plan = new AuditPlan { Variants = [new("shapes_cnn", model, null)], Suites = [new("shapes", "synthetic:shapes#test[0:20]")], Threads = threads, LatencyRuns = 0 };
        DemoVerb.Audit(plan, RuntimeLibrary.Loaded, _folder.Path, new Terminal(TextWriter.Null, error, null, ErrorIsTerminal: false, Colour: false), CancellationToken.None);
        return error.ToString();
    }
}
