using System.Runtime.InteropServices;

namespace OnnxAudit.Kernels;

/// <summary>Finds and loads the C++ kernel library, once per process: beside the program, under its runtimes folder, else from inside this assembly.</summary>
public static class KernelLibrary
{
    /// <summary>The C ABI this assembly speaks; a library of another number is not used.</summary>
    public const int AbiVersion = 1;

    private static readonly Lazy<(nint Handle, string Status)> Loaded = new(Load);

    /// <summary>True when the library is in use.</summary>
    public static bool Present => Loaded.Value.Handle != 0;

    /// <summary>Where the library was loaded from, or why there is none: one line for people.</summary>
    public static string Status => Loaded.Value.Status;

    /// <summary>The library's file name here.</summary>
    public static string FileName =>
        OperatingSystem.IsWindows() ? "onnxaudit_kernels.dll" : OperatingSystem.IsMacOS() ? "libonnxaudit_kernels.dylib" : "libonnxaudit_kernels.so";

    /// <summary>The address of an exported function; 0 and the reason when there is none.</summary>
    public static nint Find(string symbol, out string? whyNot)
    {
        whyNot = null;
        if (!Present)
        {
            whyNot = Status;
            return 0;
        }

        if (NativeLibrary.TryGetExport(Loaded.Value.Handle, symbol, out var address)) return address;
        whyNot = $"the kernel library for this processor holds no {symbol}";
        return 0;
    }

    private static (nint Handle, string Status) Load()
    {
        var folder = AppContext.BaseDirectory;
        string[] places = [Path.Combine(folder, FileName), Path.Combine(folder, "runtimes", RuntimeIdentifier, "native", FileName)];
        foreach (var place in places.Where(File.Exists))
        {
            try
            {
                return Checked(NativeLibrary.Load(place), place);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                return (0, $"kernel library {place} does not load: {e.Message}");
            }
        }

        if (EmbeddedLibrary.TryLoad(FileName, out var handle, out var problem)) return Checked(handle, "inside the program");
        return (0, problem ?? $"no kernel library: {string.Join(" and ", places)} do not exist and none is inside the program");
    }

    private static unsafe (nint Handle, string Status) Checked(nint handle, string place)
    {
        if (!NativeLibrary.TryGetExport(handle, "oa_abi_version", out var version))
            return (0, $"kernel library {place} exports no oa_abi_version");
        var found = ((delegate* unmanaged<int>)version)();
        return found == AbiVersion
            ? (handle, $"kernel library loaded from {place}")
            : (0, FormattableString.Invariant($"kernel library {place} has ABI {found}, this program needs {AbiVersion}"));
    }

    private static string RuntimeIdentifier
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }
}
