using System.Diagnostics;
using System.Globalization;
using OnnxAudit.Bundles;
using OnnxAudit.Runs;

namespace OnnxAudit.Bench.Audit;

/// <summary>
/// Ours: the audit as the command line runs it, sessions, masks, measures and columns included, to a finished bundle.
/// One untimed cell comes first, because the published program is compiled ahead of time and this one is not.
/// </summary>
internal static class WholeAudit
{
    internal static int Run(AuditSettings settings)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"onnxaudit-bench-{Environment.ProcessId}");
        try
        {
            var environment = new AuditEnvironment(AuditSettings.Runtime(), TimeProvider.System, "bench", []);
            using (var first = PreparedAudit.Prepare(settings.FirstCell(), environment))
                AuditBundle.Run(first, folder, Shard.Whole, resume: false, progress: null, CancellationToken.None);
            using var audit = PreparedAudit.Prepare(settings.Plan(), environment);
            var start = Stopwatch.GetTimestamp();
            AuditBundle.Run(audit, folder, Shard.Whole, resume: false, progress: null, CancellationToken.None);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var peak = Machine.PeakMiB();
            var bundle = Bundle.Open(folder, verify: false);
            var accuracies = bundle.Cells.Select(c => c.Result.Slices[0].Metrics.First(m => m.Key == "accuracy").Value.ToString("0.0000", CultureInfo.InvariantCulture));
            Console.WriteLine(new Outcome(bundle.Cells.Sum(c => (double)c.Result.Samples) / seconds, seconds, peak, string.Join(',', accuracies)));
            return 0;
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }
}
