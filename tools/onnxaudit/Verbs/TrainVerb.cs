using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Reports;
using OnnxAudit.Training;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Trains a model and writes it.</summary>
internal static class TrainVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var model = SharedOptions.Model();
        var output = SharedOptions.Output("The model to write", "OUT.onnx");
        var data = new Option<string>("--data") { Description = "Labelled images to learn from", HelpName = "SPEC", Required = true };
        var test = new Option<string?>("--test") { Description = "Labelled images to test on after every epoch", HelpName = "SPEC" };
        var training = new TrainingOptions();
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Keep the run here after every epoch and when it is interrupted", HelpName = "DIR" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the checkpoint, to the same bytes as without a break" };
        var (preprocess, head, ort) = (new PreprocessOption(), SharedOptions.Head(), new RuntimeOption());
        var (threads, json) = (SharedOptions.Threads(), SharedOptions.Json());
        return new Verb("train", "Train a model, from its own weights or from scratch, and write it with its recipe in the metadata.",
        [
            "train net.onnx --data cifar10:DIR#train --epochs 9 -o out.onnx",
            "train net.onnx --data idx:images.gz,labels.gz --epochs 5 --lr 0.05 --init he -o out.onnx",
            "train half.onnx --data cifar10:DIR#train --test cifar10:DIR --epochs 10 --lr 0.01 --augment crop:4,flip --keep-zeros -o tuned.onnx",
        ],
        [model, data, test, .. training.Symbols, checkpoint, resume, preprocess.Symbol, head, ort.Symbol, threads, output, json], (parsed, terminal, cancellation) =>
        {
            if (parsed.GetValue(resume) && parsed.GetValue(checkpoint) is null)
                throw new AuditException(AuditCode.Usage, "command line", "--resume without --checkpoint", "the folder to go on from", "Add --checkpoint DIR.");
            var settings = training.Settings(parsed);
            var request = new TrainingRequest(
                parsed.GetRequiredValue(model), parsed.GetRequiredValue(output), parsed.GetRequiredValue(data), settings, ort.Load(parsed), TimeProvider.System, ToolVersion.Text)
            {
                Test = parsed.GetValue(test),
                Preprocessing = preprocess.Settings(parsed),
                Head = parsed.GetValue(head),
                MaskPath = training.MaskPath(parsed),
                TeacherPath = training.TeacherPath(parsed),
                Checkpoint = parsed.GetValue(checkpoint),
                Resume = parsed.GetValue(resume),
                Threads = parsed.GetValue(threads),
            };
            using var line = new TrainingLine(terminal, TimeProvider.System);
            var report = Run(request, line, terminal, cancellation);
            line.Dispose();
            foreach (var note in report.Notes) terminal.Remark($"note: {note}");
            if (parsed.GetValue(json)) terminal.Json(TrainingText.Schema, writer => TrainingText.Write(report, writer));
            else TrainingText.Write(report, terminal.Page);
            return 0;
        });
    }

    private static TrainingReport Run(TrainingRequest request, TrainingLine line, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return ModelTraining.Run(request, line, cancellation);
        }
        catch (OperationCanceledException)
        {
            line.Dispose();
            terminal.Remark(request.Checkpoint is { } folder ? $"kept in {folder}; the same command with --resume goes on from there" : "nothing of this run is kept: it had no --checkpoint");
            throw;
        }
    }
}
