using System.CommandLine;
using OnnxAudit.Bundles;
using OnnxAudit.Checks;
using OnnxAudit.Cli.Options;
using OnnxAudit.Files;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Holds a bundle against a policy; the exit code is the verdict.</summary>
internal static class CheckVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var bundle = SharedOptions.Bundle();
        var policy = new PolicyOptions(required: true);
        var junit = new Option<string?>("--junit") { Description = "Also write the verdicts as JUnit XML", HelpName = "FILE" };
        var json = new Option<string?>("--json") { Description = "Print the verdicts as JSON in place of the table, or write them to FILE beside it", HelpName = "FILE", Arity = ArgumentArity.ZeroOrOne };
        return new Verb("check", "Hold a bundle against a policy: exit code 0 when it passes, 1 when a rule fails, 5 when the data cannot decide.",
            ["check audit --policy policy.yaml", "check tonight --policy policy.yaml --baseline yesterday --junit junit.xml --json check.json"], [bundle, .. policy.Symbols, junit, json], (parsed, terminal, _) =>
            {
                var report = policy.Check(parsed, Bundle.Open(parsed.GetRequiredValue(bundle)))!;
                if (parsed.GetValue(junit) is { } xml) AtomicFile.Write(xml, stream => JUnitWriter.Write(report, stream, TimeProvider.System.GetUtcNow(), Environment.MachineName));
                var toFile = parsed.GetValue(json);
                if (toFile is not null) AtomicFile.WriteBytes(toFile, CheckJson.Write(report));
                if (toFile is null && parsed.GetResult(json) is not null) terminal.Out.WriteLine(System.Text.Encoding.UTF8.GetString(CheckJson.Write(report)));
                else CheckText.Write(report, terminal.Page);
                return report.ExitCode;
            });
    }
}
