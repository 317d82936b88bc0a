using OnnxAudit.Files;

namespace OnnxAudit.Bundles;

/// <summary>Joins the shards of one plan into the bundle an unsharded run would have written: equal in every file but timing.json.</summary>
public static class BundleMerge
{
    /// <summary>Merges <paramref name="shards"/> (folders, any order) into <paramref name="output"/>, and returns the manifest. Every byte of every shard is checked first.</summary>
    /// <exception cref="AuditException">Invalid: a shard is damaged; shards differ in plan, runtime, kernels, threads, batch, models or data (names the field);
    /// a cell is in two shards or in none. Usage: no shards, or the output is one of them, links followed. Environment: the output cannot be written.</exception>
    public static BundleManifest Merge(IReadOnlyList<string> shards, string output)
    {
        if (shards.Count == 0) throw new AuditException(AuditCode.Usage, "merge", "no shards", "at least one bundle", "Name the bundles to merge.");
        var target = BundleFolder.Resolve(output);
        if (shards.FirstOrDefault(s => BundleFolder.Resolve(s) == target) is { } same)
            throw new AuditException(AuditCode.Usage, same, "the output among the shards", "another folder for the output", "Choose another output path.");
        Bundle[] bundles = [.. shards.Select(s => Bundle.Open(s))];
        foreach (var bundle in bundles.Skip(1)) RefuseOther(bundles[0], bundle);
        var from = Owners(bundles);
        using var writer = BundleWriter.Create(output, bundles[0].Manifest with { Shard = null }, resume: false);
        CopySamples(bundles, output);
        foreach (var cell in bundles[0].Manifest.Cells) writer.Adopt(from[cell.Id], cell);
        return writer.Finish();
    }

    private static void RefuseOther(Bundle first, Bundle other)
    {
        if (ManifestJson.Difference(other.Manifest, first.Manifest, ignoreShard: true) is not { } difference) return;
        throw new AuditException(AuditCode.Invalid, Path.Combine(other.Folder, BundleLayout.Manifest), $"{difference.Path} = {difference.First}",
            $"{difference.Second} as in {first.Folder}", "Shards must come from one plan, run with the same runtime, kernels, threads and batch; run this shard again.");
    }

    private static Dictionary<string, Bundle> Owners(Bundle[] bundles)
    {
        var from = new Dictionary<string, Bundle>(StringComparer.Ordinal);
        foreach (var bundle in bundles)
            foreach (var cell in bundle.Cells)
                if (!from.TryAdd(cell.Cell.Id, bundle))
                    throw new AuditException(AuditCode.Invalid, bundle.Folder, $"cell '{cell.Cell.Id}', which {from[cell.Cell.Id].Folder} has too",
                        "each cell in one shard", "Leave one of the two out, or run the shards with different i in i/n.");
        string[] missing = [.. bundles[0].Manifest.Cells.Where(c => !from.ContainsKey(c.Id)).Select(c => c.Id)];
        if (missing.Length == 0) return from;
        throw new AuditException(AuditCode.Invalid, string.Join(", ", bundles.Select(b => b.Folder)),
            FormattableString.Invariant($"{missing.Length} cells in no shard: {string.Join(", ", missing.Take(5))}{(missing.Length > 5 ? ", …" : "")}"),
            "every cell of the plan", "Name all shards, and finish those that were interrupted with --resume.");
    }

    private static void CopySamples(Bundle[] bundles, string output)
    {
        var copied = new Dictionary<string, (Bundle Bundle, string Digest)>(StringComparer.Ordinal);
        foreach (var bundle in bundles)
        {
            foreach (var (path, digest) in BundleFiles.Samples(bundle.Folder, bundle.Manifest))
            {
                if (copied.TryGetValue(path, out var before))
                {
                    if (before.Digest != digest)
                        throw new AuditException(AuditCode.Invalid, BundleLayout.In(bundle.Folder, path), $"SHA-256 {digest}",
                            $"{before.Digest} as in {before.Bundle.Folder}", "Shards must see the same samples and groups; run this shard again.");
                    continue;
                }

                copied.Add(path, (bundle, digest));
                AtomicFile.Write(BundleLayout.In(output, path), stream =>
                {
                    using var source = Lz4Frame.OpenFile(BundleLayout.In(bundle.Folder, path));
                    source.CopyTo(stream);
                });
            }
        }
    }
}
