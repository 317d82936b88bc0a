using System.CommandLine;
using OnnxAudit.Analyses;
using OnnxAudit.Bundles;
using OnnxAudit.Cli.Options;
using OnnxAudit.Reports;
using OnnxAudit.Statistics;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Computes what a bundle's columns say and keeps it beside them.</summary>
internal static class AnalyzeVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var bundle = SharedOptions.Bundle();
        var name = new Option<string>("--name") { Description = "Folder under the bundle's analysis/ to write; the report takes the settings of 'default'", HelpName = "NAME", DefaultValueFactory = _ => AnalysisFolder.DefaultName };
        var assumed = new Option<string?>("--base") { Description = "Variant that those of unknown origin count as made from", HelpName = "VARIANT" };
        var reference = new Option<string?>("--reference") { Description = "Variant that corruption errors are divided by; else each one's uncompressed model", HelpName = "VARIANT" };
        var replicates = new Option<int>("--replicates") { Description = "Bootstrap resamples of the intervals", HelpName = "N", DefaultValueFactory = _ => 1000 };
        replicates.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1_000_000) result.AddError("--replicates takes a number from 1 to 1000000.");
        });
        var similarity = new SimilarityOptions();
        var threads = SharedOptions.Threads("Threads to use; the result does not depend on them");
        var seed = SharedOptions.Seed();
        var json = SharedOptions.Json();
        return new Verb("analyze", "Compute robustness, correlations, exemplars, corruption errors and comparisons from a bundle's columns; keep them in its analysis folder.",
        [
            "analyze audit",
            "analyze audit --base dense --replicates 2000 --json",
            "analyze audit --similarity --layout mds --scaling standardised",
        ],
        [bundle, name, assumed, reference, replicates, .. similarity.Symbols, threads, seed, json], (parsed, terminal, cancellation) =>
        {
            var opened = Bundle.Open(parsed.GetRequiredValue(bundle));
            var settings = new AnalysisSettings
            {
                Bootstrap = new BootstrapOptions(parsed.GetValue(replicates), Seed: parsed.GetValue(seed)),
                Base = parsed.GetValue(assumed),
                Reference = parsed.GetValue(reference),
            };
            var map = similarity.Map(parsed, opened, parsed.GetValue(seed), parsed.GetValue(threads), cancellation);
            var analysis = Analysis.Of(opened, settings, cancellation) with { Similarity = map, Cka = similarity.Cka(parsed, opened, parsed.GetValue(threads), cancellation) };
            var folder = AnalysisFolder.Write(opened, parsed.GetRequiredValue(name), analysis);
            if (parsed.GetValue(json)) terminal.Json(AnalysisJson.Schema, writer => AnalysisJson.Write(analysis, writer));
            else
            {
                AnalysisText.Write(analysis, terminal.Page);
                terminal.Page.Line($"analysis: {folder}");
            }

            return 0;
        });
    }
}
