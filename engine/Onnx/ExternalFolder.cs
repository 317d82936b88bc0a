using OnnxAudit.Files;

namespace OnnxAudit.Onnx;

/// <summary>
/// The folder that a model's external data must stay in. Every file is mapped once; a location that is absolute, climbs out, or reaches
/// out through a symbolic link is refused.
/// </summary>
internal sealed class ExternalFolder(string? folder)
{
    private const int MostLinks = 40;

    private readonly Dictionary<string, MappedFile> _files = new(StringComparer.Ordinal);
    private string? _realFolder;

    /// <summary>Maps the file that <paramref name="location"/> names.</summary>
    /// <exception cref="AuditException">Invalid: no folder, a forbidden location, or a missing file.</exception>
    public MappedFile Open(string location, ReadContext context)
    {
        if (_files.TryGetValue(location, out var known)) return known;
        if (folder is null)
            throw context.Invalid($"external data '{location}'", "a model that holds its own weights",
                "Read the model from its file, or name the folder of its data.");
        var parts = location.Split('/', '\\');
        if (location.Length == 0 || location.Contains('\0') || Path.IsPathRooted(location) || location.Contains(':')
            || parts.Any(p => p is ".." or ""))
            throw Refused(location, context, "an absolute path or one with '..'");
        _realFolder ??= Real(Path.GetFullPath(folder), context);
        var path = Path.Combine(folder, Path.Combine(location.Split('/')));
        var real = Real(Path.Combine(_realFolder, Path.Combine(location.Split('/'))), context);
        if (!real.StartsWith(_realFolder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw Refused(location, context, "a symbolic link that leaves the model's folder");
        return _files[location] = OpenRegular(path, real, context.Where);
    }

    /// <summary>Maps a file; an empty one, a pipe and a device (all of size 0) are refused without being opened.</summary>
    public static MappedFile OpenRegular(string shown, string path, string where)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new AuditException(AuditCode.Invalid, where, Directory.Exists(path) ? $"'{shown}' to be a folder" : $"no file '{shown}'",
                "a readable file", "Check the path.");
        if (file.Length == 0)
            throw new AuditException(AuditCode.Invalid, where, $"'{shown}' to be empty", "a file with content", "Copy or export it again.");
        return MappedFile.Open(path);
    }

    private static AuditException Refused(string location, ReadContext context, string what) =>
        context.Invalid($"external data at '{location}', {what}",
        "a file in the model's own folder", "Put the data file beside the model, and its plain name into the model.");

    // The path with every symbolic link on it followed, also links to folders. Parts that do not exist stand for themselves.
    private static string Real(string path, ReadContext context)
    {
        var root = Path.GetPathRoot(path) ?? "/";
        var rest = new Stack<string>(Parts(path[root.Length..]).Reverse());
        var real = root;
        for (var links = 0; rest.TryPop(out var part);)
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? root;
                continue;
            }

            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
                throw context.Invalid($"a chain of symbolic links at '{next}'", FormattableString.Invariant($"at most {MostLinks} links"),
                    "Remove the loop.");
            if (Path.IsPathRooted(target)) real = root;
            foreach (var step in Parts(target).Reverse()) rest.Push(step);
        }

        return real;
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".");
}
