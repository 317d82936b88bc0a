using OnnxAudit.Files;
using OnnxAudit.Runs;

namespace OnnxAudit.Bundles;

/// <summary>The table of files under the digest, built from what lies in the folder.</summary>
internal static class BundleFiles
{
    /// <summary>Writes models.json and returns the manifest with file table and digest. Columns are not read again: their digests come from cell.json, which the marker vouches for.</summary>
    internal static BundleManifest Finish(string folder, BundleManifest planned)
    {
        var (cells, table) = Table(folder, planned);
        var models = ModelsJson.Write(planned, cells);
        AtomicFile.WriteBytes(BundleLayout.In(folder, BundleLayout.Models), models);
        table.Add(BundleLayout.Models, Digest.Of(models));
        return ManifestJson.Sealed(planned with { Files = [.. table] });
    }

    /// <summary>Marked cells in plan order, and path to digest for all their files and for the samples; models.json is not in it yet.</summary>
    internal static (List<BundleCell> Cells, SortedDictionary<string, string> Table) Table(string folder, BundleManifest manifest)
    {
        var table = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var cells = new List<BundleCell>();
        foreach (var planned in manifest.Cells)
        {
            if (!CellFiles.IsMarked(folder, planned)) continue;
            var (cell, sha256) = CellFiles.Read(folder, planned);
            cells.Add(cell);
            table.Add(BundleLayout.CellJson(planned.Id), sha256);
            foreach (var column in cell.Columns)
                if (!table.TryAdd(BundleLayout.Column(planned.Id, column.Name), column.Sha256)) throw Twice(folder, cell, column.Name);
        }

        foreach (var (path, digest) in Samples(folder, manifest)) table.Add(path, digest);
        return (cells, table);
    }

    /// <summary>Path and digest of every samples file of the suites that have some.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Samples(string folder, BundleManifest manifest)
    {
        foreach (var dataset in manifest.Datasets)
        {
            if (!Directory.Exists(BundleLayout.In(folder, $"{BundleLayout.SamplesFolder}/{dataset.Id}"))) continue;
            foreach (var name in SamplesFile.Names)
            {
                var relative = BundleLayout.Samples(dataset.Id, name);
                var path = BundleLayout.In(folder, relative);
                yield return new(relative, name.EndsWith(BundleLayout.ColumnSuffix, StringComparison.Ordinal)
                    ? ColumnReader.DigestOf(path) : Digest.Of(BundleJson.ReadBytes(path)));
            }
        }
    }

    private static AuditException Twice(string folder, BundleCell cell, string column) => new(AuditCode.Invalid,
        BundleLayout.In(folder, BundleLayout.CellJson(cell.Cell.Id)), $"column '{column}' twice", "each column once", "Make the bundle again.");
}
