namespace OnnxAudit.Compression;

/// <summary>Files an operation reads and writes: none may replace another.</summary>
internal static class OutputPaths
{
    /// <summary>Refuses outputs that would replace an input or one another, also by way of links.</summary>
    public static void Check(IEnumerable<(string Role, string Path)> inputs, IEnumerable<(string Role, string? Path)> outputs)
    {
        var taken = new Dictionary<string, string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var (role, path) in inputs) taken.TryAdd(Resolved(path), role);
        foreach (var (role, path) in outputs)
        {
            if (path is null || taken.TryAdd(Resolved(path), role)) continue;
            throw new AuditException(AuditCode.Usage, path, $"{taken[Resolved(path)]} and {role} in one file", "a file of its own for each",
                "Choose another path: the parent's bytes are the lineage.");
        }
    }

    /// <summary>The full path without links; what does not exist yet stands in its folder's real place.</summary>
    private static string Resolved(string path)
    {
        var full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } folder) return full;
        var place = Path.Combine(Resolved(folder), Path.GetFileName(full));
        try
        {
            return File.ResolveLinkTarget(place, returnFinalTarget: true) is { } target ? Path.GetFullPath(target.FullName) : place;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) // not there yet, or not to be seen
        {
            return place;
        }
    }
}
