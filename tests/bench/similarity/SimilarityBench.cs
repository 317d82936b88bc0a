using System.Diagnostics;
using System.Text;
using OnnxAudit.Bundles;
using OnnxAudit.Comparison.Embedding;
using OnnxAudit.Comparison.Similarity;

namespace OnnxAudit.Bench.Similarities;

/// <summary>A similarity map from a stored bundle, stage by stage: columns and distances, UMAP, trees and the rest.</summary>
internal static class SimilarityBench
{
    internal static int Run(string[] args)
    {
        int models = Asked(args, "--models", 60), suites = Asked(args, "--suites", 20), samples = Asked(args, "--samples", 10_000), threads = Asked(args, "--threads", 2);
        var folder = Path.Combine(Path.GetTempPath(), FormattableString.Invariant($"onnxaudit-bench-similarity-{Environment.ProcessId}"));
        try
        {
            var written = Stopwatch.StartNew();
            GeometryBundle.Write(folder, models, suites, samples);
            Console.WriteLine(FormattableString.Invariant($"{models} models x {suites} suites x {samples} samples, {threads} threads; bundle written in {written.Elapsed.TotalSeconds:0.0} s, not counted"));
            for (var round = 1; round <= 2; round++) Time(folder, threads, round);
            return 0;
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static void Time(string folder, int threads, int round)
    {
        var stages = new StageClock();
        var points = GeometryPoints.Of(Bundle.Open(folder, verify: false));
        stages.End("open");
        var settings = new SimilaritySettings { Vectors = new VectorSettings { Scaling = VectorScaling.BlockStandardised, Threads = threads } };
        var vectors = VectorDistances.Of(points, settings.Vectors);
        stages.End("columns and distances");
        var map = SimilarityMap.Of(points, vectors, settings);
        stages.End("UMAP, trees, overlaps, trustworthiness");
        Console.WriteLine($"round {round}: {stages}");
        Console.WriteLine(FormattableString.Invariant($"  trustworthiness {map.Trustworthiness:0.000}; peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB"));
        var alone = new StageClock();
        Parallel.ForEach(points, new ParallelOptions { MaxDegreeOfParallelism = threads }, point =>
        {
            var values = new float[point.Samples];
            foreach (var block in Enum.GetValues<GeometryBlock>()) point.Read(block, 0, values);
        });
        alone.End("columns");
        Umap.Place(vectors.Distances, settings.Umap with { Threads = threads });
        alone.End("UMAP");
        ClassicalScaling.Place(vectors.Distances, threads);
        alone.End("classical scaling");
        Console.WriteLine($"  once more, alone: {alone}");
    }

    private static int Asked(string[] args, string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length
        ? int.Parse(args[at + 1], System.Globalization.CultureInfo.InvariantCulture) : otherwise;
}

/// <summary>Seconds by stage: of the clock, and of the process on all cores.</summary>
internal sealed class StageClock
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly StringBuilder _text = new();
    private readonly TimeSpan _firstCpu = Cpu();
    private TimeSpan _cpu = Cpu();
    private double _last;

    /// <summary>Ends a stage that began when the one before ended.</summary>
    public void End(string stage)
    {
        var (now, cpu) = (_clock.Elapsed.TotalSeconds, Cpu());
        _text.Append(FormattableString.Invariant($"{stage} {now - _last:0.00} s (cpu {(cpu - _cpu).TotalSeconds:0.00}), "));
        (_last, _cpu) = (now, cpu);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{_text}all {_last:0.00} s (cpu {(_cpu - _firstCpu).TotalSeconds:0.00})");

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
