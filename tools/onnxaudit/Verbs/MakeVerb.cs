using System.CommandLine;
using System.Globalization;
using OnnxAudit.Cli.Options;
using OnnxAudit.Families;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Makes a family of models from a recipe file.</summary>
internal static class MakeVerb
{
    private const double MemoryShare = 0.75;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var recipe = new Argument<string>("RECIPE") { Description = "A recipe file (YAML or JSON, see docs/recipes.md)" };
        var output = new Option<string?>("--output", "-o") { Description = "The folder the models go into; made there before under the same recipe, they are kept", HelpName = "DIR" };
        var data = new Option<string?>("--data") { Description = "Training images in place of the recipe's", HelpName = "SPEC" };
        var test = new Option<string?>("--test") { Description = "Test images in place of the recipe's", HelpName = "SPEC" };
        var jobs = new Option<int>("--jobs") { Description = "Variants made at the same time, where memory allows", HelpName = "N", DefaultValueFactory = _ => 1 };
        var memory = new Option<string?>("--memory") { Description = "Gigabytes that they may take together, by estimate; without it three quarters of the machine's", HelpName = "GB" };
        var again = new Option<bool>("--again") { Description = "Make everything anew" };
        var dry = new Option<bool>("--dry-run") { Description = "Check the recipe and list what it would make" };
        var threads = new Option<int?>("--threads") { Description = "Threads of each, in place of the recipe's; recorded: results depend on them, by rounding", HelpName = "N" };
        threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 1024) result.AddError("--threads takes a number from 1 to 1024.");
        });
        var (ort, json) = (new RuntimeOption(), SharedOptions.Json());
        return new Verb("make", "Make a family of models from a recipe file: everything checked first, then each model with its lineage in its metadata.",
            ["make models/shapes_family.yaml -o family", "make family.yaml -o family --data cifar10:DIR#train --jobs 2", "make family.yaml --dry-run"],
            [recipe, output, data, test, jobs, threads, memory, again, dry, ort.Symbol, json], (parsed, terminal, cancellation) =>
            {
                var (path, folder) = (parsed.GetRequiredValue(recipe), parsed.GetValue(output));
                if (folder is null && !parsed.GetValue(dry))
                    throw new AuditException(AuditCode.Usage, "command line", "no -o", "the folder the models go into", "Add -o DIR, or --dry-run.");
                var plan = Plan(path, folder ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "out"), new FamilyData(parsed.GetValue(data), parsed.GetValue(test)), parsed.GetValue(threads),
                    () => ort.Load(parsed), cancellation);
                if (parsed.GetValue(dry))
                {
                    if (parsed.GetValue(json)) terminal.Json(FamilyText.Schema, writer => FamilyText.Write(plan, writer));
                    else FamilyText.Write(plan, terminal.Page);
                    return 0;
                }

                var options = new FamilyOptions { Jobs = parsed.GetValue(jobs), Again = parsed.GetValue(again), MemoryBytes = Bytes(parsed.GetValue(memory)) };
                var report = Make(plan, options, terminal, cancellation);
                foreach (var note in FamilyText.Remarks(report)) terminal.Remark($"note: {note}");
                if (parsed.GetValue(json)) terminal.Json(FamilyText.Schema, writer => FamilyText.Write(report, writer));
                else FamilyText.Write(report, terminal.Page);
                return report.ExitCode;
            });
    }

    /// <summary>Reads and checks a recipe.</summary>
    internal static FamilyPlan Plan(string path, string folder, FamilyData data, int? threads, Func<Runtime.OrtLibrary> runtime, CancellationToken cancellation)
    {
        var recipe = FamilyFile.Read(YamlJson.ReadFile(path), path, Path.GetDirectoryName(Path.GetFullPath(path))!, data);
        return FamilyPlan.Of(recipe, folder, new OperationMeans(runtime(), threads ?? recipe.Threads ?? Environment.ProcessorCount, TimeProvider.System, ToolVersion.Text), cancellation);
    }

    /// <summary>Makes it, telling how far it is.</summary>
    internal static FamilyReport Make(FamilyPlan plan, FamilyOptions options, Terminal terminal, CancellationToken cancellation)
    {
        using var line = new FamilyLine(terminal, TimeProvider.System);
        try
        {
            return FamilyRun.Run(plan, options, line, cancellation);
        }
        catch (OperationCanceledException)
        {
            line.Dispose();
            terminal.Remark($"kept in {plan.Folder}; the same command goes on from there");
            throw;
        }
    }

    private static long Bytes(string? gigabytes) => gigabytes is null ? (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * MemoryShare)
        : double.TryParse(gigabytes, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is > 0 and < 1e6 ? (long)(value * 1e9)
        : throw new AuditException(AuditCode.Usage, "--memory", $"'{gigabytes}'", "a number of gigabytes above 0", "Write e.g. --memory 4.");
}
