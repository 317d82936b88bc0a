using System.Globalization;
using System.Runtime.InteropServices;

namespace OnnxAudit.Cli;

/// <summary>Facts about this machine for timing.json, and where its user's cached files go.</summary>
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

    /// <summary>Folder of built OpenCL programs: the user's cache folder (XDG_CACHE_HOME where it is set); null for a user without one.</summary>
    public static string? KernelCache()
    {
        var given = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var cache = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.IsPathFullyQualified(given ?? "") ? given
            : home.Length == 0 ? null
            : Path.Combine(home, OperatingSystem.IsMacOS() ? "Library/Caches" : ".cache");
        return string.IsNullOrEmpty(cache) ? null : Path.Combine(cache, "onnxaudit", "opencl");
    }

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
