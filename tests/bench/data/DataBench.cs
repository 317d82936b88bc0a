using System.Diagnostics;
using System.Globalization;
using OnnxAudit.Data;

namespace OnnxAudit.Bench.Data;

/// <summary>How fast batches come out of a dataset, normalised. Usage: <c>data SPEC [PREPROCESS.json]</c>.</summary>
internal static class DataBench
{
    internal static int Run(string[] args)
    {
        using var dataset = DataSpec.Open(args[0], new DataOptions());
        var settings = args.Length > 1 ? Preprocessing.Parse(File.ReadAllText(args[1]), args[1])
            : new Preprocessing { Source = "bench", Mean = [0.5f, 0.5f, 0.5f], Std = [0.25f, 0.25f, 0.25f] };
        for (var round = 0; round < 5; round++)
        {
            var start = Stopwatch.GetTimestamp();
            double sum = 0;
            foreach (var batch in BatchStream.Over(dataset, settings, 128)) sum += batch.Inputs.Span[0];
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{dataset.Count / seconds,9:0} images/s  checksum {sum:0.000}"));
        }

        return 0;
    }
}
