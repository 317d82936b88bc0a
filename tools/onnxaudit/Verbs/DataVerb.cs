using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Data;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Writes a dataset as arrays.</summary>
internal static class DataVerb
{
    private const string Schema = "onnxaudit.data/1";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var spec = new Argument<string>("SPEC") { Description = "A DATA SPEC: cifar10:DIR, idx:IMAGES,LABELS, npy:IMAGES,LABELS, suite:DIR, folder:DIR, synthetic:shapes; #SPLIT and [FROM:TO] may follow" };
        var output = SharedOptions.Output($"The folder that takes {DatasetExport.Images}, {DatasetExport.Labels} and {DatasetExport.Classes}", "DIR");
        var preprocess = new PreprocessOption();
        var json = SharedOptions.Json();
        return new Verb("data", "Write a dataset as .npy arrays that other tools read.", ["data 'synthetic:shapes#train[0:1000]' -o shapes", "data cifar10:cifar-10-batches-bin -o cifar"],
            [spec, output, preprocess.Symbol, json], (parsed, terminal, cancellation) =>
            {
                var folder = parsed.GetRequiredValue(output);
                using var dataset = DataSpec.Open(parsed.GetRequiredValue(spec), new DataOptions { Preprocessing = preprocess.Settings(parsed) });
                foreach (var note in dataset.Notes) terminal.Remark($"{dataset.Spec}: {note}");
                DatasetExport.Write(dataset, folder, cancellation);
                if (!parsed.GetValue(json))
                    terminal.Page.Line(FormattableString.Invariant($"{folder}: {dataset.Count} samples of {dataset.Shape}, {dataset.Classes.Count} classes, digest {dataset.Digest[..16]}…"));
                else terminal.Json(Schema, writer =>
                {
                    writer.WriteString("folder", folder);
                    writer.WriteString("spec", dataset.Spec);
                    writer.WriteNumber("samples", dataset.Count);
                    writer.WriteString("shape", dataset.Shape.ToString());
                    writer.WriteNumber("classes", dataset.Classes.Count);
                    writer.WriteString("sha256", dataset.Digest);
                });
                return 0;
            });
    }
}
