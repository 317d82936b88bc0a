using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Compression.Factorisation;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Writes a copy of a model whose layers are pairs of thinner ones.</summary>
internal static class FactorizeVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var (model, output) = (SharedOptions.Model(), SharedOptions.Output("The model to write", "OUT.onnx"));
        var energy = new Option<double?>("--energy") { Description = "Share of each layer's squared singular values to keep, in (0,1]", HelpName = "E" };
        var rank = new Option<int?>("--rank") { Description = "Rank of every layer", HelpName = "R" };
        var ratio = new Option<double?>("--ratio") { Description = "Share of each layer's weights to be left with at most, in (0,1)", HelpName = "P" };
        var fold = new Option<bool>("--fold-norms") { Description = "Fold batch normalisation into the convolutions first" };
        var includeHead = new Option<bool>("--include-head") { Description = "Factorise the classifier head too, whose rows are the class directions" };
        var exclude = new Option<string[]>("--exclude") { Description = "Layers that stay, by operator, node or weight name (* and ?); may be repeated", HelpName = "PATTERN" };
        var (trial, preprocess, head, ort) = (new TrialOption(), new PreprocessOption(), SharedOptions.Head(), new RuntimeOption());
        var (threads, json) = (SharedOptions.Threads("Threads to use; results do not depend on them"), SharedOptions.Json());
        return new Verb("factorize", "Write a copy of a model whose layers are products of two thinner ones, by truncated singular value decomposition.",
            ["factorize model.onnx --energy 0.9 -o thin.onnx", "factorize model.onnx --ratio 0.5 --test cifar10:DIR#test -o thin.onnx"],
            [model, energy, rank, ratio, fold, includeHead, exclude, trial.Symbol, preprocess.Symbol, head, ort.Symbol, threads, output, json], (parsed, terminal, cancellation) =>
            {
                var (path, result, used) = (parsed.GetRequiredValue(model), parsed.GetRequiredValue(output), parsed.GetValue(threads));
                var runtime = ort.Load(parsed);
                var request = new FactorisationRequest(path, result, runtime, ToolVersion.Text)
                {
                    Energy = parsed.GetValue(energy),
                    Rank = parsed.GetValue(rank),
                    Ratio = parsed.GetValue(ratio),
                    FoldNorms = parsed.GetValue(fold),
                    IncludeHead = parsed.GetValue(includeHead),
                    Exclude = parsed.GetValue(exclude) ?? [],
                    Head = parsed.GetValue(head),
                    Threads = used,
                };
                Factorising.Check(request, graph: true);
                using var images = trial.Open(parsed, path, preprocess.Settings(parsed), parsed.GetValue(head));
                var report = Factorising.Run(request, cancellation);
                var tried = images?.Run(result, runtime, used, cancellation);
                foreach (var note in report.Notes) terminal.Remark($"note: {note}");
                if (parsed.GetValue(json)) terminal.Json(FactorisationText.Schema, writer => FactorisationText.Write(report, tried, writer));
                else FactorisationText.Write(report, tried, terminal.Page);
                return 0;
            });
    }
}
