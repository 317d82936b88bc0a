using System.Diagnostics;
using System.Globalization;

namespace OnnxAudit.Bench.Audit;

/// <summary>
/// Audit against bare loop, each run in a process of its own (so that peak memory is its own), in turn, several times; the ratio is
/// taken pair by pair. Usage: <c>audit DATA MODEL[,MODEL…] [--batch N] [--threads N] [--pairs N] [--amounts A,A,…]</c>.
/// The audit reads, normalises, runs, measures geometry and writes a bundle; the bare loop only runs batches that lie ready.
/// </summary>
internal static class AuditBench
{
    internal static int Run(string[] args)
    {
        var settings = AuditSettings.Parse(args);
        if (settings.Contender is { } contender) return contender == "bare" ? BareLoop.Run(settings) : WholeAudit.Run(settings);
        var (bare, whole) = (new List<Outcome>(), new List<Outcome>());
        for (var pair = 0; pair < settings.Pairs; pair++)
        {
            bare.Add(Child(args, "bare"));
            whole.Add(Child(args, "whole"));
            if (bare[^1].Accuracies != whole[^1].Accuracies)
            {
                Console.Error.WriteLine($"results differ: bare {bare[^1].Accuracies}, audit {whole[^1].Accuracies}");
                return 1;
            }

            Print("bare loop", bare[^1]);
            Print("audit", whole[^1]);
        }

        var ratios = bare.Zip(whole, (b, w) => w.Rate / b.Rate).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ratio of images/s, audit to bare: median {ratios[ratios.Length / 2]:0.000}, {ratios[0]:0.000} to {ratios[^1]:0.000} over {ratios.Length} pairs"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"peak memory of the audit above the bare loop's: {whole.Max(w => w.PeakMiB) - bare.Max(b => b.PeakMiB):0} MiB"));
        return 0;
    }

    private static void Print(string name, Outcome o) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-10} {o.Rate,8:0} images/s  {o.Seconds,7:0.00} s  peak {o.PeakMiB,5:0} MiB  accuracies {o.Accuracies}"));

    private static Outcome Child(string[] args, string contender)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var arg in (string[])["audit", .. args, "--contender", contender]) start.ArgumentList.Add(arg);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{contender} ended with {process.ExitCode}:\n{output}");
        return Outcome.Parse(output.TrimEnd().Split('\n')[^1]);
    }
}
