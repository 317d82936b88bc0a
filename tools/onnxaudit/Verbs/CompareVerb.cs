using System.CommandLine;
using OnnxAudit.Analyses;
using OnnxAudit.Bundles;
using OnnxAudit.Cli.Options;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Sets models side by side, sample by sample.</summary>
internal static class CompareVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var bundles = new Argument<string[]>("BUNDLE") { Description = "A bundle, or two: the base's, then the model's; with --layers two ONNX files", Arity = new ArgumentArity(1, 2) };
        var first = new Option<string?>("--base") { Description = "Variant to compare with; else each one's uncompressed model, or its namesake in the first bundle", HelpName = "VARIANT" };
        var against = new Option<string[]>("--against") { Description = "Variants to compare; else all others", HelpName = "VARIANT", AllowMultipleArgumentsPerToken = true };
        var suites = new Option<string[]>("--suite") { Description = "Suites to compare on; else all", HelpName = "SUITE", AllowMultipleArgumentsPerToken = true };
        var top = new Option<int>("--top") { Description = "Changed pairs, confusions and samples kept in the JSON", HelpName = "N", DefaultValueFactory = _ => 20 };
        var layers = new LayerOptions();
        var json = SharedOptions.Json();
        return new Verb("compare", "Compare models on the same samples: behaviours with paired significance, transitions, and what changed most.",
        [
            "compare audit --base dense --against dense-magnitude-0.50",
            "compare before after --suite cifar10-test --json",
            "compare dense.onnx pruned.onnx --layers --data cifar10:cifar-10",
        ],
        [bundles, first, against, suites, top, .. layers.Symbols, json], (parsed, terminal, cancellation) =>
        {
            if (layers.Wanted(parsed, [first, against, suites, top])) return layers.Run(parsed, parsed.GetRequiredValue(bundles), parsed.GetValue(json), terminal, cancellation);
            var opened = parsed.GetRequiredValue(bundles).Select(b => Bundle.Open(b)).ToArray();
            var pairs = CellPairs.Of(opened[0], opened[^1], parsed.GetValue(first), parsed.GetValue(against) ?? [], parsed.GetValue(suites) ?? []);
            var comparisons = CellComparison.Adjust([.. pairs.Select(p => CellComparison.Of(p.Base, p.Model, parsed.GetValue(top), cancellation))]);
            if (!parsed.GetValue(json)) ComparisonText.Write(comparisons, terminal.Page);
            else terminal.Json(ComparisonJson.Schema, writer => ComparisonJson.Write(comparisons, writer));
            return 0;
        });
    }
}
