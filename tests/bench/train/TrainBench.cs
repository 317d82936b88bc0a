using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using OnnxAudit.Bench.Audit;
using OnnxAudit.Bench.Saliency;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;
using OnnxAudit.Training;

namespace OnnxAudit.Bench.Train;

/// <summary>
/// Steps of training, SGD with momentum on one batch in memory, against PyTorch's on the same weights and images: the losses of the first steps are compared,
/// then rounds of either side take turns, so that whatever else runs on the machine disturbs both, and the best of each counts.
/// </summary>
internal static class TrainBench
{
    private const string Usage = "train MODELS-FOLDER [--network resnet20|resnet18-cifar] [--batch N] [--steps K] [--rounds R] [--threads N] [--profile PREFIX] [--alone]";
    private const int Compared = 4;
    private const double Rate = 0.01;

    /// <summary>Runs the bench; 1 when the losses differ.</summary>
    internal static int Run(string[] args)
    {
        if (args.Length < 1) throw new ArgumentException(Usage);
        string Option(string name, string fallback) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : fallback;
        int Number(string name, int fallback) => int.Parse(Option(name, fallback.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var (steps, rounds, threads) = (Number("--steps", 6), Number("--rounds", 3), Number("--threads", 2));
        var task = SaliencyTask.Of(Option("--network", "resnet20"), args[0], Number("--batch", 128));
        var settings = new SessionSettings { Threads = threads, ProfilePrefix = args.Contains("--profile") ? Option("--profile", "train") : null };
        Console.WriteLine(FormattableString.Invariant($"training {task.Name}, batch {task.Samples}, {threads} threads, {rounds} rounds of {steps} steps"));
        using var session = Open(task, settings);
        double[] ours = [.. Enumerable.Range(0, Compared).Select(_ => Step(session, task).Loss)];
        using var peer = args.Contains("--alone") ? null : TorchTraining.Start(task, threads, Rate);
        if (peer is not null && !Agree(ours, peer.Losses(Compared))) return 1;
        var (best, cpu, peerBest, peerCpu) = (0.0, double.PositiveInfinity, 0.0, double.PositiveInfinity);
        for (var round = 0; round < rounds; round++)
        {
            var (clock, before) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime);
            for (var step = 0; step < steps; step++) Step(session, task);
            best = Math.Max(best, steps * task.Samples / clock.Elapsed.TotalSeconds);
            cpu = Math.Min(cpu, (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds / steps);
            if (peer is null) continue;
            var (seconds, used) = peer.Time(steps);
            (peerBest, peerCpu) = (Math.Max(peerBest, steps * task.Samples / seconds), Math.Min(peerCpu, used / steps));
        }

        Console.WriteLine(FormattableString.Invariant($"  {"ours",-8} {best,8:0} images/s {cpu,7:0.000} s of processor a step"));
        if (peer is not null)
            Console.WriteLine(FormattableString.Invariant($"  {"PyTorch",-8} {peerBest,8:0} images/s {peerCpu,7:0.000} s of processor a step\n  ours / PyTorch {best / peerBest:0.00}, by processor time {peerCpu / cpu:0.00}"));
        return 0;
    }

    private static TrainingSession Open(SaliencyTask task, SessionSettings settings)
    {
        var model = task.Model();
        OwnTensors.Give(model);
        var state = new TrainingState(TrainingGraph.Build(model, task.Sample, null, new TrainingLoss()), model);
        return TrainingSession.Open(AuditSettings.Runtime(), state, new OptimiserSettings(), settings);
    }

    private static StepResult Step(TrainingSession session, SaliencyTask task) =>
        session.Step(task.Inputs, task.Dims, task.Labels.Select(l => (long)l).ToArray(), Rate);

    // The same net may drift apart by rounding; a wrong gradient or momentum shows in the second step.
    private static bool Agree(double[] ours, double[] theirs)
    {
        Console.WriteLine(FormattableString.Invariant($"  losses {string.Join(' ', ours.Select(l => l.ToString("0.00000", CultureInfo.InvariantCulture)))}; PyTorch {string.Join(' ', theirs.Select(l => l.ToString("0.00000", CultureInfo.InvariantCulture)))}"));
        return ours.Zip(theirs).All(p => Math.Abs(p.First - p.Second) <= 1e-3 * Math.Abs(p.Second));
    }
}
