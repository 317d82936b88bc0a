using System.CommandLine;
using OnnxAudit.Bundles;
using OnnxAudit.Checks;
using OnnxAudit.Cli.Options;
using OnnxAudit.Families;
using OnnxAudit.Files;
using OnnxAudit.Plans;
using OnnxAudit.Reports;
using OnnxAudit.Runs;
using OnnxAudit.Runtime;

namespace OnnxAudit.Cli.Verbs;

/// <summary>The whole story on the shipped model.</summary>
internal static class DemoVerb
{
    private const string Model = "shapes_cnn";
    private const int MostFigures = 3;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var output = new Option<string>("--output", "-o") { Description = "The folder the demo writes into", HelpName = "DIR", DefaultValueFactory = _ => "onnxaudit-demo" };
        var ort = new RuntimeOption();
        var (threads, json) = (SharedOptions.Threads(), SharedOptions.Json());
        return new Verb("demo", "Make a family of the shipped model (pruned, recalibrated, tuned, in int8) and audit it; check it against a sample policy; write the report.",
            ["demo", "demo -o /tmp/demo --threads 2"], [output, threads, ort.Symbol, json], (parsed, terminal, cancellation) =>
            {
                var folder = parsed.GetRequiredValue(output);
                foreach (var name in new[] { $"{Model}.onnx", $"{Model}.json", "family.yaml", "plan.yaml", "policy.yaml" }) Unpack(name, folder);
                var (bundleFolder, runtime) = (Path.Combine(folder, "bundle"), ort.Load(parsed));
                var family = Family(folder, parsed.GetValue(threads), runtime, terminal, cancellation);
                if (family.ExitCode != 0) return family.ExitCode;
                Audit(Plan(folder, parsed.GetValue(threads)), runtime, bundleFolder, terminal, cancellation);
                var bundle = Bundle.Open(bundleFolder);
                var policy = Path.Combine(folder, "policy.yaml");
                var check = PolicyCheck.Run(PolicyJson.Read(YamlJson.ReadFile(policy), policy), bundle, null);
                var report = Path.GetFullPath(Path.Combine(folder, "report.html"));
                HtmlReport.Write(bundle, report, check);
                if (parsed.GetValue(json)) terminal.Json("onnxaudit.demo/1", writer =>
                {
                    writer.WriteString("report", report);
                    writer.WriteNumber("check_exit_code", check.ExitCode);
                    BundleText.Write(bundle, writer);
                });
                else Tell(bundle, check, report, terminal.Page);
                return 0;
            });
    }

    /// <summary>Goes on with the bundle there, or starts over when it was made with other settings: the demo has nothing to lose.</summary>
    internal static void Audit(AuditPlan plan, OrtLibrary runtime, string folder, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            AuditVerb.Run(plan, runtime, folder, Shard.Whole, resume: true, terminal, cancellation);
        }
        catch (AuditException e) when (e.Code == AuditCode.Usage && e.Where == Path.Combine(folder, "manifest.json"))
        {
            terminal.Remark($"{folder}: made with {e.Found}, this run has {e.Expected}; starting over");
            AuditVerb.Run(plan, runtime, folder, Shard.Whole, resume: false, terminal, cancellation);
        }
    }

    private static void Tell(Bundle bundle, CheckReport check, string report, TextPage page)
    {
        BundleText.Write(bundle, page);
        page.Line();
        CheckText.Write(check, page);
        page.Line(FormattableString.Invariant($"As a job of its own, 'onnxaudit check' would exit with {check.ExitCode}."));
        page.Line();
        page.Heading("The most telling figures");
        page.Pairs([.. HtmlReport.Telling(bundle).Take(MostFigures).Select(f => new KeyValuePair<string, string>(f.Value, f.Meaning))]);
        page.Line();
        page.Line($"report: {report}");
        page.Line($"what was made from what: onnxaudit lineage {Path.Combine(Path.GetDirectoryName(report)!, "family", "*.onnx")}");
    }

    private static FamilyReport Family(string folder, int threads, OrtLibrary runtime, Terminal terminal, CancellationToken cancellation)
    {
        var plan = MakeVerb.Plan(Path.Combine(folder, "family.yaml"), Path.Combine(folder, "family"), new FamilyData(), threads, () => runtime, cancellation);
        return MakeVerb.Make(plan, new FamilyOptions(), terminal, cancellation);
    }

    private static AuditPlan Plan(string folder, int threads)
    {
        var path = Path.Combine(folder, "plan.yaml");
        var plan = PlanFile.Read(YamlJson.ReadFile(path), path, new AuditPlan { Variants = [], Suites = [], Threads = threads });
        return plan with { Variants = [.. plan.Variants.Select(v => v with { Model = Path.Combine(folder, v.Model) })] };
    }

    private static void Unpack(string name, string folder)
    {
        using var resource = typeof(DemoVerb).Assembly.GetManifestResourceStream("demo/" + name) ?? throw new InvalidOperationException($"'{name}' is not in the program");
        AtomicFile.Write(Path.Combine(folder, name), resource.CopyTo);
    }
}
