using System.CommandLine;
using OnnxAudit.Bundles;
using OnnxAudit.Cli.Options;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Joins the shards of an audit.</summary>
internal static class MergeVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var shards = new Argument<string[]>("SHARD") { Description = "The bundles that audit --shard wrote, all of them", Arity = ArgumentArity.OneOrMore };
        var output = SharedOptions.Output("The bundle to write", "BUNDLE");
        var overwrite = SharedOptions.Overwrite();
        var json = SharedOptions.Json();
        return new Verb("merge", "Join the shards of an audit into the bundle an unsharded run would have written.", ["merge shard0 shard1 -o audit"], [shards, output, overwrite, json], (parsed, terminal, _) =>
        {
            var folder = parsed.GetRequiredValue(output);
            if (File.Exists(Path.Combine(folder, "manifest.json")) && !parsed.GetValue(overwrite))
                throw new AuditException(AuditCode.Usage, folder, "a bundle already", "a new folder", "Add --overwrite to replace it.");
            BundleMerge.Merge(parsed.GetRequiredValue(shards), folder);
            var bundle = Bundle.Open(folder, verify: false);
            if (parsed.GetValue(json)) terminal.Json(BundleText.Schema, writer => BundleText.Write(bundle, writer));
            else BundleText.Write(bundle, terminal.Page);
            return 0;
        });
    }
}
