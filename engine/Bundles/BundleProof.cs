using OnnxAudit.Files;

namespace OnnxAudit.Bundles;

/// <summary>Compares what lies in a bundle's folder with what its manifest says.</summary>
internal static class BundleProof
{
    /// <summary>The finished cells of a bundle whose run has not come to its end: each is proved by its marker.</summary>
    internal static List<BundleCell> ReadUnfinished(string folder, BundleManifest manifest) =>
        [.. manifest.Cells.Where(c => CellFiles.IsMarked(folder, c)).Select(c => CellFiles.Read(folder, c).Cell)];

    /// <summary>The cells of a finished bundle. The file table must name exactly what is there, with these digests.</summary>
    internal static List<BundleCell> ReadFinished(string folder, BundleManifest manifest, bool verify)
    {
        var (cells, table) = BundleFiles.Table(folder, manifest);
        var modelsPath = Path.Combine(folder, BundleLayout.Models);
        table.Add(BundleLayout.Models, Digest.Of(BundleJson.ReadBytes(modelsPath)));
        var stated = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, digest) in manifest.Files)
        {
            stated.Add(path, digest);
            if (!table.TryGetValue(path, out var found))
                throw Damaged(folder, path, "nothing", "a file, as the manifest lists it");
            if (found != digest) throw Damaged(folder, path, $"SHA-256 {found}", digest);
        }

        foreach (var path in table.Keys)
            if (!stated.ContainsKey(path)) throw Damaged(folder, path, "a file the manifest does not list", "only files written before the manifest was finished");
        if (verify) ReadAllSamples(folder, manifest);
        return cells;
    }

    /// <summary>A bundle is read from its own folder alone: links, which could lead anywhere, are refused before anything is opened.</summary>
    internal static void RefuseLinks(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is not null)
                throw new AuditException(AuditCode.Invalid, Path.Combine(folder, entry.Name), "a link", "a file or folder of the bundle itself",
                    "Copy the bundle with its files in place of links.");
            if (entry is DirectoryInfo && !entry.Name.StartsWith('.')) RefuseLinks(Path.Combine(folder, entry.Name));
        }
    }

    private static void ReadAllSamples(string folder, BundleManifest manifest)
    {
        foreach (var dataset in manifest.Datasets)
            if (Directory.Exists(BundleLayout.In(folder, $"{BundleLayout.SamplesFolder}/{dataset.Id}"))) _ = SamplesFile.Read(folder, dataset);
    }

    private static AuditException Damaged(string folder, string path, string found, string expected) => new(AuditCode.Invalid,
        BundleLayout.In(folder, path), found, expected, "The bundle is damaged or was changed; copy it again or make it again.");
}
