using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Reports;
using OnnxAudit.Training;
using OnnxAudit.Training.Tickets;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Searches a ticket in a model's graph with random weights.</summary>
internal static class TicketsVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var (model, output) = (SharedOptions.Model(), SharedOptions.Output("The model to write", "OUT.onnx"));
        var data = new Option<string>("--data") { Description = "Labelled images to learn from", HelpName = "SPEC", Required = true };
        var test = new Option<string?>("--test") { Description = "Labelled images to test on after every epoch", HelpName = "SPEC" };
        var (ticket, training) = (new TicketOptions(), new TrainingOptions());
        var packed = new Option<bool>("--packed") { Description = "Store each weight as two bits that the graph decodes; the values stay the same" };
        var scores = new Option<string?>("--scores-out") { Description = "Also write |scores|, an array per layer, as prune --method scores reads them", HelpName = "FILE.npz" };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Keep the run here after every epoch and when it is interrupted", HelpName = "DIR" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the checkpoint, to the same bytes as without a break" };
        var (preprocess, head, ort) = (new PreprocessOption(), SharedOptions.Head(), new RuntimeOption());
        var (threads, json) = (SharedOptions.Threads(), SharedOptions.Json());
        return new Verb("tickets",
            "Search a ticket: give a model's graph random weights that never change, train a score for each, keep the highest, and write what is left. The model's own "
            + "weights are not used. Biases become 0 and stay so, also the classifier's; batch normalisation has scale 1 and shift 0.",
        [
            "tickets net.onnx --data SPEC --amount 0.5 --epochs 9 -o out.onnx",
            "tickets net.onnx --data cifar10:DIR#train --amount 0.9 --scope global --epochs 30 --packed -o ticket.onnx",
        ],
        [model, data, test, .. ticket.Symbols, .. training.LoopSymbols, packed, scores, checkpoint, resume, preprocess.Symbol, head, ort.Symbol, threads, output, json], (parsed, terminal, cancellation) =>
        {
            if (parsed.GetValue(resume) && parsed.GetValue(checkpoint) is null)
                throw new AuditException(AuditCode.Usage, "command line", "--resume without --checkpoint", "the folder to go on from", "Add --checkpoint DIR.");
            var settings = training.Settings(parsed);
            var run = new TrainingRequest(
                parsed.GetRequiredValue(model), parsed.GetRequiredValue(output), parsed.GetRequiredValue(data), settings, ort.Load(parsed), TimeProvider.System, ToolVersion.Text)
            {
                Test = parsed.GetValue(test),
                Preprocessing = preprocess.Settings(parsed),
                Head = parsed.GetValue(head),
                Checkpoint = parsed.GetValue(checkpoint),
                Resume = parsed.GetValue(resume),
                Threads = parsed.GetValue(threads),
            };
            using var line = new TrainingLine(terminal, TimeProvider.System);
            var report = Run(new TicketRequest(run, ticket.Settings(parsed)) { Packed = parsed.GetValue(packed), ScoresPath = parsed.GetValue(scores) }, line, terminal, cancellation);
            line.Dispose();
            foreach (var note in report.Notes) terminal.Remark($"note: {note}");
            if (parsed.GetValue(json)) terminal.Json(TicketText.Schema, writer => TicketText.Write(report, writer));
            else TicketText.Write(report, terminal.Page);
            return 0;
        });
    }

    private static TicketReport Run(TicketRequest request, TrainingLine line, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return TicketSearch.Run(request, line, cancellation);
        }
        catch (OperationCanceledException)
        {
            line.Dispose();
            terminal.Remark(request.Training.Checkpoint is { } folder ? $"kept in {folder}; the same command with --resume goes on from there" : "nothing of this run is kept: it had no --checkpoint");
            throw;
        }
    }
}
