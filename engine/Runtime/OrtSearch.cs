namespace OnnxAudit.Runtime;

/// <summary>Where to look for ONNX Runtime, in this order: explicit, environment, beside the program, the system's. A place that was named must work.</summary>
/// <param name="Explicit">A library file, or the folder it is in, that the user named on the command line; null when not.</param>
/// <param name="FromEnvironment">The same from the environment (ONNXAUDIT_ORT); null or empty when not set.</param>
/// <param name="BaseDirectory">The program's folder: it and its runtimes/&lt;rid&gt;/native are looked into.</param>
/// <param name="Rid">The platform's runtime identifier, for instance linux-x64.</param>
public sealed record OrtSearch(string? Explicit, string? FromEnvironment, string BaseDirectory, string Rid)
{
    /// <summary>File names the library goes by on this platform, the versioned one first.</summary>
    internal static IReadOnlyList<string> FileNames { get; } =
        OperatingSystem.IsWindows() ? ["onnxruntime.dll"]
        : OperatingSystem.IsMacOS() ? ["libonnxruntime.1.dylib", "libonnxruntime.dylib"]
        : ["libonnxruntime.so.1", "libonnxruntime.so"];

    /// <summary>The places in order. A named place ends the list: it works or the search fails.</summary>
    internal IEnumerable<OrtPlace> Places()
    {
        if (!string.IsNullOrEmpty(Explicit)) return Named(Explicit, "--ort");
        if (!string.IsNullOrEmpty(FromEnvironment)) return Named(FromEnvironment, "ONNXAUDIT_ORT");
        string[] folders = [BaseDirectory, Path.Combine(BaseDirectory, "runtimes", Rid, "native")];
        var beside = folders.SelectMany(folder => FileNames.Select(name => new OrtPlace(Path.GetFullPath(Path.Combine(folder, name)), "beside the program", false)));
        return beside.Concat(FileNames.Select(name => new OrtPlace(name, "the system's", false)));
    }

    private static IEnumerable<OrtPlace> Named(string path, string origin)
    {
        var full = Path.GetFullPath(path);
        if (!Directory.Exists(full)) return [new OrtPlace(full, origin, true)];
        var inside = FileNames.Select(name => Path.Combine(full, name)).ToList();
        return [new OrtPlace(inside.Find(File.Exists) ?? inside[0], origin, true)];
    }
}

/// <summary>One place to try: a full path, or a bare file name that the system's loader resolves.</summary>
/// <param name="Path">Full path or bare name.</param>
/// <param name="Origin">Who says so, for messages.</param>
/// <param name="Named">The user named it.</param>
internal sealed record OrtPlace(string Path, string Origin, bool Named)
{
    /// <summary>A path on disk, as opposed to a bare name.</summary>
    public bool IsFile => System.IO.Path.IsPathRooted(Path);
}
