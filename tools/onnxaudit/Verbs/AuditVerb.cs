using System.CommandLine;
using OnnxAudit.Bundles;
using OnnxAudit.Cli.Options;
using OnnxAudit.Plans;
using OnnxAudit.Reports;
using OnnxAudit.Runs;
using OnnxAudit.Runtime;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Runs models on data and keeps what they did in a bundle.</summary>
internal static class AuditVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var plan = new PlanOptions();
        var output = SharedOptions.Output("The bundle to write, a folder", "BUNDLE");
        var resume = SharedOptions.Resume();
        var overwrite = SharedOptions.Overwrite();
        var shard = new Option<string>("--shard") { Description = "Run every n-th cell, from the i-th; join the bundles with merge", HelpName = "i/n", DefaultValueFactory = _ => "0/1" };
        var ort = new RuntimeOption();
        var json = SharedOptions.Json();
        return new Verb("audit", "Run models, as they are and under masks, on datasets; measure accuracy and feature geometry into a bundle.",
        [
            "audit model.onnx --data cifar10:cifar-10-batches-bin -o audit",
            "audit model.onnx --method magnitude,random --amount 0.5,0.9 --data synthetic:shapes -o audit",
            "audit dense.onnx pruned.onnx --data idx:t10k-images.gz,t10k-labels.gz --groups groups.csv --metrics energy.csv -o audit",
            "audit --plan plan.yaml --resume -o audit",
        ],
        [.. plan.Symbols, output, resume, overwrite, shard, ort.Symbol, json], (parsed, terminal, cancellation) =>
        {
            var folder = parsed.GetRequiredValue(output);
            var part = Shard.Parse(parsed.GetRequiredValue(shard));
            RefuseToReplace(folder, parsed.GetValue(resume), parsed.GetValue(overwrite));
            Run(plan.Build(parsed), ort.Load(parsed), folder, part, parsed.GetValue(resume), terminal, cancellation);
            var bundle = Bundle.Open(folder, verify: false);
            if (parsed.GetValue(json)) terminal.Json(BundleText.Schema, writer => BundleText.Write(bundle, writer));
            else BundleText.Write(bundle, terminal.Page);
            return 0;
        });
    }

    private const int MostNamed = 2;

    /// <summary>Stops where a bundle lies already and neither flag says what to do with it.</summary>
    public static void RefuseToReplace(string folder, bool resume, bool overwrite)
    {
        if (File.Exists(Path.Combine(folder, "manifest.json")) && !resume && !overwrite)
            throw new AuditException(AuditCode.Usage, folder, "a bundle already", "a new folder", "Add --resume to go on with it, or --overwrite to replace it.");
    }

    /// <summary>Prepares a plan, says how images reach the models and what was passed over, and runs it with a progress line.</summary>
    public static void Run(AuditPlan plan, OrtLibrary runtime, string folder, Shard shard, bool resume, Terminal terminal, CancellationToken cancellation)
    {
        using var prepared = PreparedAudit.Prepare(plan, new AuditEnvironment(runtime, TimeProvider.System, ToolVersion.Text, Host.Facts(), Host.KernelCache()));
        // Variants of one model share their settings: these are told once.
        foreach (var alike in prepared.Models.Where(m => m.Preprocessing is not null).GroupBy(m => string.Join('\n', m.Preprocessing!.Describe().Skip(1)), StringComparer.Ordinal))
        {
            terminal.Remark($"{alike.First().Id}: {string.Join('\n', alike.First().Preprocessing!.Describe())}");
            if (alike.Skip(1).Any()) terminal.Remark(FormattableString.Invariant($"  the same for {string.Join(", ", alike.Skip(1).Take(MostNamed).Select(m => m.Id))}{(alike.Count() > MostNamed + 1 ? $" and {alike.Count() - MostNamed - 1} more" : "")}"));
        }

        foreach (var remark in prepared.Remarks) terminal.Remark(remark);
        using var progress = new ProgressLine(terminal, TimeProvider.System);
        AuditBundle.Run(prepared, folder, shard, resume, progress, cancellation);
    }
}
