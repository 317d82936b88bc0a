using System.CommandLine;
using OnnxAudit.Bundles;
using OnnxAudit.Cli.Options;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Writes the report of a bundle.</summary>
internal static class ReportVerb
{
    private const string Schema = "onnxaudit.report/1";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var bundle = SharedOptions.Bundle();
        var output = SharedOptions.Output("The HTML file to write", "FILE.html");
        var policy = new PolicyOptions(required: false);
        var json = SharedOptions.Json();
        return new Verb("report", "Write a bundle's report: one HTML file that needs no network.", ["report audit -o audit.html", "report audit --policy policy.yaml --baseline yesterday -o audit.html"], [bundle, output, .. policy.Symbols, json], (parsed, terminal, _) =>
        {
            var path = parsed.GetRequiredValue(output);
            var opened = Bundle.Open(parsed.GetRequiredValue(bundle));
            HtmlReport.Write(opened, path, policy.Check(parsed, opened));
            if (!parsed.GetValue(json)) terminal.Page.Line($"report: {Path.GetFullPath(path)}");
            else terminal.Json(Schema, writer =>
            {
                writer.WriteString("file", Path.GetFullPath(path));
                writer.WriteString("bundle_digest", opened.Digest);
            });
            return 0;
        });
    }
}
