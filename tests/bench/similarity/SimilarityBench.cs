using System.Diagnostics;
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
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        var last = 0.0;
        double Stage()
        {
            var now = clock.Elapsed.TotalSeconds;
            (var spent, last) = (now - last, now);
            return spent;
        }

        var points = GeometryPoints.Of(Bundle.Open(folder, verify: false));
        var open = Stage();
        var settings = new SimilaritySettings { Vectors = new VectorSettings { Scaling = VectorScaling.BlockStandardised, Threads = threads } };
        var buffer = new float[points[0].Samples];
        Parallel.For(0, points.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new float[buffer.Length], (i, _, values) =>
        {
            foreach (var block in Enum.GetValues<GeometryBlock>()) points[i].Read(block, 0, values);
            return values;
        }, _ => { });
        var read = Stage();
        var vectors = VectorDistances.Of(points, settings.Vectors);
        var distances = Stage() - read;
        var layout = Umap.Place(vectors.Distances, settings.Umap with { Threads = threads });
        var umap = Stage();
        var map = SimilarityMap.Of(points, vectors, settings);
        var rest = Stage() - umap;
        var placed = Enumerable.SequenceEqual(layout.Coordinates, map.Coordinates);
        var total = open + read + distances + umap + rest;
        var cpuTime = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        Console.WriteLine(FormattableString.Invariant($"round {round}: open {open:0.00} s, columns {read:0.00} s, distances {distances:0.00} s, UMAP {umap:0.00} s, trees, overlaps and trustworthiness {rest:0.00} s: {total:0.00} s"));
        Console.WriteLine(FormattableString.Invariant($"  columns and UMAP ran twice to be timed; processor time of everything {cpuTime:0.0} s; same layout again: {placed}; trustworthiness {map.Trustworthiness:0.000}; peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB"));
    }

    private static int Asked(string[] args, string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length
        ? int.Parse(args[at + 1], System.Globalization.CultureInfo.InvariantCulture) : otherwise;
}
