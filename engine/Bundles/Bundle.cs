using OnnxAudit.Graphs;
using OnnxAudit.Runs;

namespace OnnxAudit.Bundles;

/// <summary>A bundle read from its folder. Everything but columns and samples is in memory; those are read when asked for.</summary>
public sealed class Bundle
{
    private readonly Dictionary<string, BundleCell> _byId;
    private readonly Dictionary<string, BundleSamples> _samples = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    private Bundle(string folder, BundleManifest manifest, IReadOnlyList<BundleCell> cells)
    {
        (Folder, Manifest, Cells) = (folder, manifest, cells);
        _byId = cells.ToDictionary(c => c.Cell.Id, StringComparer.Ordinal);
        Missing = [.. manifest.Cells.Where(c => !_byId.ContainsKey(c.Id))];
    }

    /// <summary>The bundle's folder.</summary>
    public string Folder { get; }

    /// <summary>What was asked for, with what.</summary>
    public BundleManifest Manifest { get; }

    /// <summary>The cells that are done, in plan order.</summary>
    public IReadOnlyList<BundleCell> Cells { get; }

    /// <summary>The cells of the plan that are not done, in plan order.</summary>
    public IReadOnlyList<Cell> Missing { get; }

    /// <summary>True when the run came to its end and the digest was written; a finished bundle may still miss cells.</summary>
    public bool IsFinished => Manifest.Digest is not null;

    /// <summary>SHA-256 over everything but timings; empty while unfinished.</summary>
    public string Digest => Manifest.Digest ?? "";

    /// <summary>
    /// Opens a bundle. With <paramref name="verify"/> every file under the digest is read to its end and compared; without, only the JSON files are.
    /// </summary>
    /// <exception cref="AuditException">Invalid: no bundle, or a file of it is missing, damaged or changed; names the file. Environment: liblz4 is not installed.</exception>
    public static Bundle Open(string folder, bool verify = true)
    {
        if (!Directory.Exists(folder))
            throw new AuditException(AuditCode.Invalid, folder, "no such folder", "a bundle", "Give the folder that an audit wrote with -o.");
        BundleProof.RefuseLinks(folder);
        var manifest = ManifestJson.ReadFile(Path.Combine(folder, BundleLayout.Manifest));
        var cells = manifest.Digest is null ? BundleProof.ReadUnfinished(folder, manifest) : BundleProof.ReadFinished(folder, manifest, verify);
        if (verify)
            foreach (var cell in cells) CellFiles.ProveColumns(folder, cell);
        foreach (var cell in cells) CheckCount(folder, manifest, cell);
        return new Bundle(folder, manifest, cells);
    }

    /// <summary>The finished cell of that id, or null.</summary>
    public BundleCell? Find(string cellId) => _byId.GetValueOrDefault(cellId);

    /// <summary>A whole column, at most 1 GiB; its digest is compared.</summary>
    /// <exception cref="AuditException">Invalid: the cell has no such column, or it is damaged.</exception>
    /// <exception cref="InvalidOperationException">The column is larger; use <see cref="OpenColumn"/>.</exception>
    public Tensor Column(Cell cell, string name)
    {
        var (path, info) = Locate(cell, name);
        return ColumnReader.ReadWhole(path, info.Type, info.Dims, info.Sha256);
    }

    /// <summary>A column of any size, read in rows.</summary>
    /// <exception cref="AuditException">Invalid: the cell has no such column, or it is damaged.</exception>
    public ColumnReader OpenColumn(Cell cell, string name)
    {
        var (path, info) = Locate(cell, name);
        return new ColumnReader(path, info.Type, info.Dims, info.Sha256);
    }

    /// <summary>True when the finished cell has that column.</summary>
    public bool HasColumn(Cell cell, string name) => Find(cell.Id)?.Columns.Any(c => c.Name == name) ?? false;

    /// <summary>What a suite's rows are; read once.</summary>
    /// <exception cref="AuditException">Invalid: missing or damaged.</exception>
    /// <exception cref="ArgumentException">The plan has no such suite.</exception>
    public BundleSamples Samples(string suiteId)
    {
        var dataset = Manifest.Datasets.FirstOrDefault(d => d.Id == suiteId) ?? throw new ArgumentException($"no suite '{suiteId}'", nameof(suiteId));
        lock (_gate)
        {
            if (!_samples.TryGetValue(suiteId, out var samples)) _samples.Add(suiteId, samples = SamplesFile.Read(Folder, dataset));
            return samples;
        }
    }

    private (string Path, ColumnInfo Info) Locate(Cell cell, string name)
    {
        var at = BundleLayout.In(Folder, BundleLayout.Cell(cell.Id));
        var found = Find(cell.Id) ?? throw new AuditException(AuditCode.Invalid, at, "a cell that is not done", "a finished cell", "Run the audit again with --resume.");
        var info = found.Columns.FirstOrDefault(c => c.Name == name)
            ?? throw new AuditException(AuditCode.Invalid, at, $"no column '{name}'", $"one of {string.Join(", ", found.Columns.Select(c => c.Name))}",
                "Run the audit with the measurement that writes it.");
        return (BundleLayout.In(Folder, BundleLayout.Column(cell.Id, name)), info);
    }

    private static void CheckCount(string folder, BundleManifest manifest, BundleCell cell)
    {
        var expected = manifest.Datasets.First(d => d.Id == cell.Cell.Suite).Count;
        if (cell.Result.Samples != expected)
            throw new AuditException(AuditCode.Invalid, BundleLayout.In(folder, BundleLayout.CellJson(cell.Cell.Id)),
                FormattableString.Invariant($"{cell.Result.Samples} samples"), FormattableString.Invariant($"{expected}, as the manifest says of the suite"),
                "The bundle is damaged or was changed; make it again.");
    }
}
