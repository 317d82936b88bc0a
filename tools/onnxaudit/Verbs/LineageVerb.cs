using System.CommandLine;
using OnnxAudit.Bundles;
using OnnxAudit.Cli.Options;
using OnnxAudit.Compression;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Says what models were made from.</summary>
internal static class LineageVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var files = new Argument<string[]>("FILES") { Description = "ONNX files, in any order", Arity = ArgumentArity.ZeroOrMore };
        var export = new Option<string?>("--export") { Description = "Write the model list that Compress and Compare reads", HelpName = "MODELS.json" };
        var import = new Option<string?>("--import") { Description = "Show such a list instead, or a bundle's", HelpName = "MODELS.json" };
        var json = SharedOptions.Json();
        return new Verb("lineage", "Show models as trees of what they were made from; verify digests.",
            ["lineage base.onnx half.onnx half-trained.onnx", "lineage models/*.onnx --export models.json", "lineage --import audit/models.json"],
            [files, import, export, json], (parsed, terminal, _) =>
            {
                var (paths, list) = (parsed.GetValue(files) ?? [], parsed.GetValue(import));
                if (list is null == (paths.Length == 0))
                    throw new AuditException(AuditCode.Usage, "lineage", list is null ? "no files" : "files and --import", "ONNX files or --import MODELS.json", "Give one of the two.");
                var read = list is null ? null : ModelList.Read(list);
                var forest = read?.Forest() ?? LineageForest.Of(paths);
                if (parsed.GetValue(export) is { } output) (read ?? ModelList.Of(forest)).Save(output, list is null ? forest.Nodes.SelectMany(n => n.File?.Parts ?? []) : [list]);
                if (parsed.GetValue(json)) terminal.Json(LineageText.Schema, writer => LineageText.Write(forest, writer));
                else LineageText.Write(forest, terminal.Page);
                var failures = LineageText.Failures(forest).ToArray();
                foreach (var failure in failures) terminal.Complain(failure);
                return failures.Length > 0 ? (int)AuditCode.Invalid : 0;
            });
    }
}
