using System.Globalization;
using System.Runtime.InteropServices;

namespace OnnxAudit.Cli;

/// <summary>Facts about this machine for timing.json.</summary>
internal static class Host
{
    /// <summary>Name, processor, cores, system.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Facts() =>
    [
        new("name", Environment.MachineName),
        new("processor", Processor()),
        new("cores", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
        new("system", RuntimeInformation.OSDescription.Trim()),
    ];

    private static string Processor()
    {
        try
        {
            var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
            return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }
    }
}
