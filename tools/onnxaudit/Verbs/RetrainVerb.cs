using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Reports;
using OnnxAudit.Training;
using OnnxAudit.Training.Retraining;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Removes weights in rounds, training the rest after each.</summary>
internal static class RetrainVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var model = SharedOptions.Model();
        var output = SharedOptions.Output("The model to write", "OUT.onnx");
        var data = new Option<string>("--data") { Description = "Labelled images to learn from", HelpName = "SPEC", Required = true };
        var test = new Option<string?>("--test") { Description = "Labelled images to test on after every epoch", HelpName = "SPEC" };
        var (masks, rounds, training) = (new MaskOptions(single: true, fallback: "magnitude"), new RetrainingOptions(), new TrainingOptions());
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Keep the run here after every epoch and when it is interrupted, a folder a round", HelpName = "DIR" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the checkpoint, to the same bytes as without a break" };
        var (preprocess, head, ort) = (new PreprocessOption(), SharedOptions.Head(), new RuntimeOption());
        var (threads, json) = (SharedOptions.Threads(), SharedOptions.Json());
        return new Verb("retrain", "Remove weights in rounds and train those left after each; one round is one-shot. A weight removed stays removed.",
        [
            "retrain net.onnx --amount 0.9 --data SPEC --epochs 9 -o out.onnx",
            "retrain net.onnx --amount 0.9 --rounds 3 --data SPEC --epochs 3 -o out.onnx",
            "retrain net.onnx --amount 0.8 --data SPEC --epochs 5 --rewind e1.onnx -o out.onnx",
            "retrain n.onnx --amount 0.9 --data SPEC --epochs 9 --teacher n.onnx -o out.onnx",
        ],
        [model, data, test, .. masks.Symbols, .. rounds.Symbols, .. training.RoundSymbols, checkpoint, resume, preprocess.Symbol, head, ort.Symbol, threads, output, json], (parsed, terminal, cancellation) =>
        {
            if (parsed.GetValue(resume) && parsed.GetValue(checkpoint) is null)
                throw new AuditException(AuditCode.Usage, "command line", "--resume without --checkpoint", "the folder to go on from", "Add --checkpoint DIR.");
            var recipe = rounds.Recipe(parsed, masks.Recipe(parsed, training.Seed(parsed)));
            var settings = training.Settings(parsed);
            var request = new TrainingRequest(
                parsed.GetRequiredValue(model), parsed.GetRequiredValue(output), parsed.GetRequiredValue(data), settings, ort.Load(parsed), TimeProvider.System, ToolVersion.Text)
            {
                Test = parsed.GetValue(test),
                Preprocessing = preprocess.Settings(parsed),
                Head = parsed.GetValue(head),
                TeacherPath = training.TeacherPath(parsed),
                Checkpoint = parsed.GetValue(checkpoint),
                Resume = parsed.GetValue(resume),
                Threads = parsed.GetValue(threads),
            };
            using var line = new TrainingLine(terminal, TimeProvider.System);
            var report = Run(new RetrainingRequest(request, recipe, rounds.Settings(parsed)) { KeepRounds = rounds.KeepRounds(parsed) }, line, terminal, cancellation);
            line.Dispose();
            foreach (var note in report.Notes) terminal.Remark($"note: {note}");
            if (parsed.GetValue(json)) terminal.Json(RetrainingText.Schema, writer => RetrainingText.Write(report, writer));
            else RetrainingText.Write(report, terminal.Page);
            return 0;
        });
    }

    private static RetrainingReport Run(RetrainingRequest request, TrainingLine line, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return ModelRetraining.Run(request, line, cancellation);
        }
        catch (OperationCanceledException)
        {
            line.Dispose();
            terminal.Remark(request.Training.Checkpoint is { } folder ? $"kept in {folder}; the same command with --resume goes on from there"
                : request.KeepRounds is { } rounds ? $"rounds that are done are in {rounds}; without --checkpoint none goes on" : "nothing of this run is kept: it had no --checkpoint");
            throw;
        }
    }
}
