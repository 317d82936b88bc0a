using System.Diagnostics;
using System.Globalization;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Runtime;
using OnnxAudit.Saliency;

namespace OnnxAudit.Bench.Saliency;

/// <summary>
/// Per-sample filter saliency, ours against PyTorch's loop and functorch's vmap(grad) and against ONNX Runtime's own forward pass, on the same weights and
/// inputs; profiles are compared before any time is shown. Usage: <c>saliency resnet20|resnet18-cifar|resnet50 [--models DIR] [--samples N] [--rounds N]
/// [--threads N] [--megabytes N] [--kernels NAME] [--no-peers] [--profile PREFIX]</c>. resnet20 takes DIR/resnet20_cifar10_dense.onnx; the others are generated.
/// </summary>
internal static class SaliencyBench
{
    private const double Tolerance = 1e-2; // float32 on both sides: sign flips of ReLU inputs near 0 move whole samples by this much

    internal static int Run(string[] args)
    {
        string Option(string name, string fallback) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : fallback;
        int Number(string name, int fallback) => int.Parse(Option(name, fallback.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        if (args.Length < 1) throw new ArgumentException("saliency resnet20|resnet18-cifar|resnet50 [--models DIR] [--samples N] [--rounds N] [--threads N] …");
        var (threads, rounds) = (Number("--threads", Environment.ProcessorCount), Number("--rounds", 3));
        var task = SaliencyTask.Of(args[0], Option("--models", ""), Number("--samples", 0));
        var settings = new SessionSettings { Threads = threads, ProfilePrefix = Option("--profile", "") is { Length: > 0 } prefix ? prefix : null };
        var options = new SaliencyOptions { ByteBudget = (long)Number("--megabytes", 64) << 20 };
        var runtime = OnnxAudit.Bench.Audit.AuditSettings.Runtime();
        using var ours = SaliencySession.Open(task.Model(), task.Sample, runtime, settings, KernelSet.Choose(Option("--kernels", "auto")), options);
        using var forward = ForwardPass.Open(task, runtime, settings);
        var profiles = new float[task.Samples * ours.Filters];
        ours.Run(task.Inputs, task.Dims, task.Labels, profiles, []);
        forward.Run();
        var ((best, work), (pass, passWork)) = (Best(rounds, () => ours.Run(task.Inputs, task.Dims, task.Labels, profiles, [])), Best(rounds, forward.Run));
        var peers = args.Contains("--no-peers") ? [] : TorchPeers.Run(task, profiles, ours.Filters, Tolerance);
        if (peers is null) return 1;
        Print($"ours, {threads} threads, {ours.Split} a pass", task.Samples / best, 1);
        Print("ORT forward pass", task.Samples / pass, pass / best);
        foreach (var (name, rate) in peers) Print(name, rate, rate * best / task.Samples);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"total over one batched forward pass: {best / pass:0.00}×; in processor time {work / passWork:0.00}×"));
        if (peers.Count > 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"against the best peer: {task.Samples / best / peers.Max(p => p.Rate):0.00}×"));
        return 0;
    }

    private static void Print(string name, double rate, double ratio) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34} {rate,9:0.0} samples/s  {ratio,6:0.00} of ours"));

    // The least of each. Processor time is what other programs on the machine disturb least; with one thread it is all that counts.
    private static (double Seconds, double Processor) Best(int rounds, Action run)
    {
        var (seconds, processor) = (double.PositiveInfinity, double.PositiveInfinity);
        for (var round = 0; round < rounds; round++)
        {
            var (start, before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            run();
            seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
            processor = Math.Min(processor, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }

        return (seconds, processor);
    }
}
