using OnnxAudit.Files;

namespace OnnxAudit.Bundles;

/// <summary>A bundle's folder before any cell is written: whose it is, what an interrupted run left in it, and who may write to it now.</summary>
internal static class BundleFolder
{
    private const int MostLinks = 40;

    private static readonly string[] Ours =
        [BundleLayout.Manifest, BundleLayout.Models, BundleLayout.CellsFolder, BundleLayout.SamplesFolder, BundleLayout.DoneFolder, BundleLayout.AnalysesFolder, BundleLayout.Lock];

    /// <summary>Takes the folder for this process until the handle is disposed.</summary>
    /// <exception cref="AuditException">Environment: it cannot be made or written, or another run holds it.</exception>
    internal static FileStream Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, BundleLayout.Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(AuditCode.Environment, folder, e.Message, "a folder that can be written and that no other run is writing",
                "Wait for the other run, or choose another output path.", e);
        }
    }

    /// <summary>The folder's full path with every link on the way followed, so that two names of one folder give one text.</summary>
    /// <exception cref="AuditException">Usage: the links go round in a circle.</exception>
    internal static string Resolve(string folder) => Resolve(folder, MostLinks);

    /// <summary>
    /// The manifest in the folder; null when the folder is empty but for leftovers. When the bundle is to be replaced, also null for a manifest
    /// that cannot be read but whose folder is a bundle's all the same: it names a schema of ours, or cells and their markers stand beside it.
    /// </summary>
    /// <exception cref="AuditException">Usage: the folder holds something else. Invalid: its manifest is damaged.</exception>
    internal static BundleManifest? ReadManifest(string folder, bool replace)
    {
        var path = Path.Combine(folder, BundleLayout.Manifest);
        var foreign = Directory.EnumerateFileSystemEntries(folder).Select(e => Path.GetFileName(e))
            .FirstOrDefault(name => !Ours.Contains(name) && !BundleLayout.IsLeftover(name));
        if (foreign is not null) throw NotOurs(folder, $"'{foreign}'");
        if (File.Exists(path))
        {
            try
            {
                return ManifestJson.ReadFile(path);
            }
            catch (AuditException) when (replace && IsDamagedBundle(folder, path))
            {
                return null;
            }
        }

        var other = Ours.FirstOrDefault(name => name != BundleLayout.Lock && Path.Exists(Path.Combine(folder, name)));
        return other is null ? null : throw NotOurs(folder, $"'{other}' but no {BundleLayout.Manifest}");
    }

    /// <summary>Removes a bundle's content. The manifest goes last, so that an interrupted clearing is still recognised.</summary>
    internal static void Clear(string folder)
    {
        Delete(Path.Combine(folder, BundleLayout.AnalysesFolder));
        Delete(Path.Combine(folder, BundleLayout.DoneFolder));
        Delete(Path.Combine(folder, BundleLayout.CellsFolder));
        Delete(Path.Combine(folder, BundleLayout.SamplesFolder));
        File.Delete(Path.Combine(folder, BundleLayout.Models));
        File.Delete(Path.Combine(folder, BundleLayout.Manifest));
    }

    /// <summary>Removes what interrupted writes left at any depth.</summary>
    internal static void RemoveLeftovers(string folder)
    {
        foreach (var entry in Directory.GetFileSystemEntries(folder))
        {
            if (BundleLayout.IsLeftover(Path.GetFileName(entry))) Delete(entry);
            else if (Directory.Exists(entry) && new DirectoryInfo(entry).LinkTarget is null) RemoveLeftovers(entry);
        }
    }

    /// <summary>Deletes a file or a folder with its content, links unfollowed; nothing when absent.</summary>
    internal static void Delete(string path)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }

    internal static AuditException Failed(string path, Exception e) => new(AuditCode.Environment, path, e.Message,
        "a folder that can be written and room on its disk", "Free space, then run again with --resume; finished cells are kept.", e);

    private static string Resolve(string folder, int links)
    {
        if (links == 0) throw new AuditException(AuditCode.Usage, folder, "links that lead to links without end", "a folder", "Name the folder itself.");
        var full = Path.GetFullPath(folder);
        var at = Path.GetPathRoot(full)!;
        foreach (var part in full[at.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var entry = new DirectoryInfo(Path.Combine(at, part));
            at = entry.LinkTarget is { } target ? Resolve(Path.Combine(at, target), links - 1) : entry.FullName;
        }

        return at;
    }

    private static bool IsDamagedBundle(string folder, string manifest) =>
        (Directory.Exists(Path.Combine(folder, BundleLayout.CellsFolder)) && Directory.Exists(Path.Combine(folder, BundleLayout.DoneFolder)))
        || (new FileInfo(manifest) is { LinkTarget: null, Length: <= BundleLayout.JsonLimit } && BundleJson.ReadBytes(manifest).AsSpan().IndexOf("\"onnxaudit.bundle/"u8) >= 0);

    private static AuditException NotOurs(string folder, string found) => new(AuditCode.Usage, folder, found, "an empty folder or a bundle",
        "Choose another output path, or empty this folder yourself.");
}
