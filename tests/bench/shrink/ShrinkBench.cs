using System.Globalization;
using OnnxAudit.Bench.Audit;
using OnnxAudit.Compression.Structured;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Oracles.Architectures;

namespace OnnxAudit.Bench.Shrink;

/// <summary>
/// Structured removal on full-size networks of random weights: what is left of multiply-adds, bytes and milliseconds at batch 1, parent and child in turn. The child's
/// scores are compared with those of the zeroed parent before anything is timed.
/// </summary>
internal static class ShrinkBench
{
    private const string Usage = "shrink [--networks A,B,…] [--amount P] [--multiple-of N] [--runs K] [--threads N]";

    /// <summary>Runs the bench; 1 when scores differ.</summary>
    internal static int Run(string[] args)
    {
        string Option(string name, string fallback) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : fallback;
        int Number(string name, int fallback) => int.Parse(Option(name, fallback.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        if (args.Length % 2 != 0) throw new ArgumentException(Usage);
        var (runs, threads, multiple) = (Number("--runs", 20), Number("--threads", 2), Number("--multiple-of", 1));
        var amount = double.Parse(Option("--amount", "0.5"), CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("onnxaudit-shrink-").FullName;
        try
        {
            Console.WriteLine(FormattableString.Invariant($"shrink: {amount:P0} of the channel groups of every layer set, 224x224, {threads} threads, {runs} passes each"));
            Console.WriteLine("  network        GMACs         after   MB      after   ms median   after   ms fastest   after   scores differ by");
            var wrong = false;
            foreach (var name in Option("--networks", "resnet50,vgg16,densenet121,mobilenetv2,shufflenet").Split(',')) wrong |= !One(name, folder, amount, multiple, runs, threads);
            return wrong ? 1 : 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool One(string name, string folder, double amount, int multiple, int runs, int threads)
    {
        string At(string kind) => Path.Combine(folder, $"{name}_{kind}.onnx");
        var architecture = Architecture.Of(name);
        OnnxWriter.Write(architecture.Build(architecture.Full), At("full"));
        var request = new StructuredRequest(At("full"), At("zeroed"), amount, StructuredCriterion.L1, AuditSettings.Runtime(), "bench") { MultipleOf = multiple, Threads = threads, LatencyRuns = 0 };
        StructuredRemoval.Run(request with { ZeroOnly = true }, TimeProvider.System);
        var zeroed = Scores(request);
        File.Delete(At("zeroed"));
        request = request with { OutPath = At("small"), LatencyRuns = runs };
        var report = StructuredRemoval.Run(request, TimeProvider.System);
        var small = Scores(request);
        var difference = zeroed.Zip(small, (a, b) => Math.Abs(a - b)).Max() / zeroed.Max(Math.Abs);
        var (was, now) = (report.LatencyBefore!.Value, report.LatencyAfter!.Value);
        Console.WriteLine(FormattableString.Invariant(
            $"  {name,-12} {report.Before.Macs / 1e9,7:F3} {report.After.Macs / 1e9,13:F3} {report.BytesBefore / 1e6,7:F1} {report.BytesAfter / 1e6,7:F1} {was.Median,11:F1} {now.Median,7:F1} {was.Least,12:F1} {now.Least,7:F1}   {difference:E1}"));
        foreach (var file in new[] { "full", "small" }) File.Delete(At(file));
        return difference <= 1e-4;
    }

    private static float[] Scores(StructuredRequest request)
    {
        using var session = OrtSession.FromFile(request.Runtime, request.OutPath, new SessionSettings { Threads = request.Threads });
        using var input = OrtTensor.Over(NetWeights.Normal(9, "input", [1, 3, 224, 224], 1));
        using var scores = session.Run([("input", input)], ["logits"])[0];
        return scores.Span<float>().ToArray();
    }
}
