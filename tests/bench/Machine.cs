using System.Globalization;
using OnnxAudit.Kernels;

namespace OnnxAudit.Bench;

/// <summary>What a figure was measured on.</summary>
internal static class Machine
{
    internal static void Print()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() : null;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{model ?? "unknown processor"}, {Environment.ProcessorCount} cores, .NET {Environment.Version}, features {string.Join(' ', CpuFeatures.Present)}, geometry {KernelSet.Choose("auto").Geometry.Name}"));
    }

    /// <summary>The process's peak resident memory in MiB; NaN where the system does not tell.</summary>
    internal static double PeakMiB()
    {
        if (!File.Exists("/proc/self/status")) return double.NaN;
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
