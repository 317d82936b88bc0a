using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace OnnxAudit.Runtime;

/// <summary>
/// ONNX Runtime, loaded. One process holds one: its usual builds (CPU, GPU, training, a vendor's) share a file name and cannot live together.
/// Every error comes back as an exception, so ONNX Runtime's own log is kept to fatal messages and does not write to stderr.
/// </summary>
public sealed unsafe class OrtLibrary
{
    private const int LogFatal = 4;
    private const int ArenaAllocator = 1;
    private const int DefaultMemory = 0;

    private static readonly Lock Loading = new();
    private static OrtLibrary? _loaded;

    private OrtLibrary(string path, OrtApi api, string version)
    {
        (Path, Api, Version) = (path, api, version);
        using var logId = new NativeText("onnxaudit");
        nint env, memory, allocator;
        OrtStatus.Check(api, api.CreateEnv(LogFatal, logId.Bytes, &env), path);
        Env = new OrtHandle(api, OrtRelease.Env, env);
        OrtStatus.Check(api, api.DisableTelemetryEvents(env), path);
        OrtStatus.Check(api, api.CreateCpuMemoryInfo(ArenaAllocator, DefaultMemory, &memory), path);
        CpuMemory = new OrtHandle(api, OrtRelease.MemoryInfo, memory);
        OrtStatus.Check(api, api.GetAllocatorWithDefaultOptions(&allocator), path);
        Allocator = allocator;
        var known = ReadProviders();
        MissingProviders = ExecutionProvider.MissingLibraries(known, path);
        Providers = [.. known.Where(p => !MissingProviders.ContainsKey(p))];
    }

    /// <summary>Full path of the library file.</summary>
    public string Path { get; }

    /// <summary>The library's version, for instance 1.30.0.</summary>
    public string Version { get; }

    /// <summary>
    /// Execution providers that can be asked for, by ONNX Runtime's names (CPUExecutionProvider, …), in its order of preference. Those that the build
    /// knows but whose own library is not beside it are left out.
    /// </summary>
    public IReadOnlyList<string> Providers { get; }

    /// <summary>Providers that were left out, each with the file that is missing.</summary>
    internal IReadOnlyDictionary<string, string> MissingProviders { get; }

    /// <summary>The function table.</summary>
    internal OrtApi Api { get; }

    /// <summary>The one environment, never released: sessions on any thread may still use it at exit.</summary>
    internal OrtHandle Env { get; }

    /// <summary>Describes ordinary memory.</summary>
    internal OrtHandle CpuMemory { get; }

    /// <summary>The default allocator; the library owns it.</summary>
    internal nint Allocator { get; }

    /// <summary>The loaded library.</summary>
    /// <exception cref="InvalidOperationException">None is loaded yet.</exception>
    internal static OrtLibrary Current => Volatile.Read(ref _loaded) ?? throw new InvalidOperationException("OrtLibrary.Load comes before any tensor");

    /// <summary>Loads ONNX Runtime, or answers the one that is loaded.</summary>
    /// <exception cref="AuditException">
    /// Environment: not found (names every place tried), not loadable, older than 1.17, or another library is loaded than the one now asked for by name.
    /// </exception>
    public static OrtLibrary Load(OrtSearch search)
    {
        ArgumentNullException.ThrowIfNull(search);
        lock (Loading)
        {
            if (_loaded is { } loaded)
            {
                if (search.Places().FirstOrDefault(p => p.Named) is { } named && !SameFile(named.Path, loaded.Path))
                    throw new AuditException(AuditCode.Environment, $"{named.Path} ({named.Origin})", $"that {loaded.Path} is loaded already",
                        "one ONNX Runtime in one process", "Start another process for the other library.");
                return loaded;
            }

            Volatile.Write(ref _loaded, Find(search.Places()));
            return _loaded;
        }
    }

    /// <summary>The library in the first place that has one.</summary>
    internal static OrtLibrary Find(IEnumerable<OrtPlace> places)
    {
        var tried = new List<string>();
        foreach (var place in places)
        {
            if (place.IsFile && !File.Exists(place.Path))
            {
                tried.Add($"{place.Path} ({place.Origin}: no such file)");
                continue;
            }

            nint module;
            try
            {
                module = NativeLibrary.Load(place.Path);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                // A file that is there and does not load is an answer, not a reason to take another in its stead.
                if (place.IsFile) throw Unusable(place, $"a file that does not load ({e.Message.ReplaceLineEndings(" ").Trim()})");
                tried.Add($"{place.Path} ({place.Origin}: not found)");
                continue;
            }

            if (!NativeLibrary.TryGetExport(module, "OrtGetApiBase", out var export))
                throw Unusable(place, "a library without OrtGetApiBase");
            var getBase = (delegate* unmanaged<void**>)export;
            return Bind(place.IsFile ? place.Path : FullPath(place.Path), getBase());
        }

        throw new AuditException(AuditCode.Environment, "ONNX Runtime", $"no library in any of: {string.Join("; ", tried)}",
            $"{OrtSearch.FileNames[0]}, version 1.{OrtApi.MinimumVersion} or newer",
            "Pass --ort PATH, set ONNXAUDIT_ORT, or put the library beside the program.");
    }

    /// <summary>Binds to a function table. <paramref name="apiBase"/>: struct OrtApiBase {GetApi, GetVersionString}.</summary>
    internal static OrtLibrary Bind(string path, void** apiBase)
    {
        var version = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)apiBase[1])()) ?? "";
        var table = ((delegate* unmanaged<uint, void**>)apiBase[0])(OrtApi.MinimumVersion);
        var parts = version.Split('.');
        if (table is null || parts.Length < 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
            throw new AuditException(AuditCode.Environment, path, $"ONNX Runtime {version}", $"1.{OrtApi.MinimumVersion} or newer",
                "Use a newer library: --ort PATH or ONNXAUDIT_ORT.");
        return new OrtLibrary(path, new OrtApi(table, minor), version);
    }

    /// <summary>A string the library allocated: copied, then freed.</summary>
    internal string Take(byte* text)
    {
        var copy = Marshal.PtrToStringUTF8((nint)text) ?? "";
        if (text is not null) OrtStatus.Check(Api, Api.AllocatorFree(Allocator, text), Path);
        return copy;
    }

    private List<string> ReadProviders()
    {
        byte** names;
        int count;
        OrtStatus.Check(Api, Api.GetAvailableProviders(&names, &count), Path);
        var providers = new List<string>();
        for (var i = 0; i < count; i++) providers.Add(Marshal.PtrToStringUTF8((nint)names[i]) ?? "");
        OrtStatus.Check(Api, Api.ReleaseAvailableProviders(names, count), Path);
        return providers;
    }

    /// <summary>Where the system's loader found a library; the bare name when that cannot be seen.</summary>
    private static string FullPath(string name)
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Select(m => m.FileName).FirstOrDefault(f => System.IO.Path.GetFileName(f).StartsWith(name, StringComparison.Ordinal)) ?? name;
    }

    private static bool SameFile(string a, string b) => Resolved(a) == Resolved(b);

    private static string Resolved(string path) =>
        File.Exists(path) ? new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? System.IO.Path.GetFullPath(path) : path;

    private static AuditException Unusable(OrtPlace place, string found) => new(AuditCode.Environment, $"{place.Path} ({place.Origin})", found,
        $"ONNX Runtime 1.{OrtApi.MinimumVersion} or newer for this machine", place.Named ? "Name another library." : "Replace it, or name another with --ort PATH.");
}
