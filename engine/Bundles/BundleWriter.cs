using OnnxAudit.Files;
using OnnxAudit.Runs;

namespace OnnxAudit.Bundles;

/// <summary>
/// Writes a bundle, cell by cell, so that it can be killed at any instant and resumed. Cells may be written from several threads at once.
/// Until <see cref="Finish"/> the manifest has no file table and no digest; what is done already can be read all the same.
/// </summary>
public sealed class BundleWriter : ICellStore, IDisposable
{
    private readonly BundleManifest _planned;
    private readonly FileStream _lock;
    private readonly Dictionary<string, Cell> _cells;
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    private BundleWriter(string folder, BundleManifest planned, FileStream hold)
    {
        (Folder, _planned, _lock) = (folder, planned with { Files = [], Digest = null }, hold);
        _cells = planned.Cells.ToDictionary(c => c.Id, StringComparer.Ordinal);
    }

    /// <summary>The bundle's folder.</summary>
    public string Folder { get; }

    /// <summary>
    /// Starts or resumes a bundle. Without <paramref name="resume"/> a bundle already there is replaced, damaged or not. With it, finished cells are kept
    /// after every byte of them has been checked; unfinished or damaged ones are done again.
    /// </summary>
    /// <exception cref="AuditException">Usage: the folder holds something that is no bundle, or (resuming) a bundle of another plan; names the first field that differs.
    /// Invalid: the manifest there is damaged (resuming), or nothing shows that it was a bundle's. Environment: the folder cannot be written, or another run is writing it.</exception>
    public static BundleWriter Create(string folder, BundleManifest planned, bool resume)
    {
        CheckPlanned(planned);
        var hold = BundleFolder.Take(folder);
        try
        {
            var there = BundleFolder.ReadManifest(folder, replace: !resume);
            if (resume && there is not null) RefuseOther(folder, planned, there);
            var writer = new BundleWriter(folder, planned, hold);
            writer.Disk(folder, () => writer.Prepare(resume));
            return writer;
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool IsDone(Cell cell)
    {
        lock (_gate) return _done.Contains(cell.Id);
    }

    /// <inheritdoc/>
    public ICellWriter Begin(Cell cell)
    {
        if (!_cells.TryGetValue(cell.Id, out var planned) || planned != cell) throw new ArgumentException($"cell '{cell.Id}' is not in the plan", nameof(cell));
        if (IsDone(cell)) throw new InvalidOperationException($"cell '{cell.Id}' is done");
        return new CellWriter(this, cell, _planned.Datasets.First(d => d.Id == cell.Suite).Count);
    }

    /// <summary>Writes what a suite's rows are. Doing it again replaces it.</summary>
    /// <exception cref="ArgumentException">The suite is not in the plan, or the lengths differ from its count.</exception>
    /// <exception cref="AuditException">Environment: the folder cannot be written.</exception>
    public void WriteSamples(string suiteId, ReadOnlySpan<int> labels, ReadOnlySpan<long> sourceIndices, IReadOnlyList<string> classes,
        IReadOnlyList<RowGroup> groups)
    {
        var dataset = _planned.Datasets.FirstOrDefault(d => d.Id == suiteId) ?? throw new ArgumentException($"suite '{suiteId}' is not in the plan", nameof(suiteId));
        if (labels.Length != dataset.Count || sourceIndices.Length != dataset.Count)
            throw new ArgumentException($"suite '{suiteId}' has {dataset.Count} samples, got {labels.Length} labels and {sourceIndices.Length} indices", nameof(labels));
        SamplesFile.Write(Folder, suiteId, labels.ToArray(), sourceIndices.ToArray(), classes, groups);
    }

    /// <summary>
    /// Writes models.json, then the manifest with the file table and the digest, and returns it. Cells still missing stay missing:
    /// the bundle is sound, and says so in <see cref="Bundle.Missing"/>.
    /// </summary>
    /// <exception cref="AuditException">Environment: the folder cannot be written. Invalid: a file was damaged since it was written.</exception>
    public BundleManifest Finish()
    {
        var manifest = BundleFiles.Finish(Folder, _planned);
        AtomicFile.WriteBytes(At(BundleLayout.Manifest), ManifestJson.Write(manifest));
        return manifest;
    }

    /// <summary>Lets go of the folder. What is done stays.</summary>
    public void Dispose() => _lock.Dispose();

    internal string At(string relative) => BundleLayout.In(Folder, relative);

    internal void Disk(string path, Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BundleFolder.Failed(path, e);
        }
    }

    internal void MarkDone(Cell cell, byte[] cellJson)
    {
        AtomicFile.WriteText(At(BundleLayout.Done(cell.Id)), Digest.Of(cellJson) + "\n");
        lock (_gate) _done.Add(cell.Id);
    }

    /// <summary>Takes a finished cell over from another bundle, its files byte for byte.</summary>
    internal void Adopt(Bundle from, Cell cell)
    {
        var building = At(BundleLayout.Building(cell.Id));
        var source = BundleLayout.In(from.Folder, BundleLayout.Cell(cell.Id));
        var json = BundleJson.ReadBytes(Path.Combine(source, BundleLayout.CellFile));
        Disk(building, () =>
        {
            Directory.CreateDirectory(building);
            foreach (var name in (IEnumerable<string>)[BundleLayout.CellFile, BundleLayout.TimingFile, .. from.Find(cell.Id)!.Columns.Select(c => c.Name + BundleLayout.ColumnSuffix)])
                AtomicFile.Write(Path.Combine(building, name), stream =>
                {
                    using var file = Lz4Frame.OpenFile(Path.Combine(source, name));
                    file.CopyTo(stream);
                });
            Directory.Move(building, At(BundleLayout.Cell(cell.Id)));
            AtomicFile.SyncFolder(At(BundleLayout.CellsFolder));
        });
        MarkDone(cell, json);
    }

    private void Prepare(bool resume)
    {
        if (!resume) BundleFolder.Clear(Folder);
        BundleFolder.RemoveLeftovers(Folder);
        AtomicFile.WriteBytes(At(BundleLayout.Manifest), ManifestJson.Write(_planned));
        foreach (var name in (string[])[BundleLayout.CellsFolder, BundleLayout.SamplesFolder, BundleLayout.DoneFolder]) Directory.CreateDirectory(At(name));
        foreach (var cell in _planned.Cells)
        {
            if (CellFiles.IsWhole(Folder, cell)) _done.Add(cell.Id);
            else File.Delete(At(BundleLayout.Done(cell.Id)));
        }
    }

    private static void RefuseOther(string folder, BundleManifest planned, BundleManifest there)
    {
        if (ManifestJson.Difference(there, planned, ignoreShard: false) is not { } difference) return;
        throw new AuditException(AuditCode.Usage, Path.Combine(folder, BundleLayout.Manifest), $"{difference.Path} = {difference.First}",
            difference.Second, "A bundle is resumed with the settings it was started with; use those, or leave out --resume to start over.");
    }

    private static void CheckPlanned(BundleManifest planned)
    {
        foreach (var name in planned.Cells.Select(c => c.Id).Concat(planned.Datasets.Select(d => d.Id)))
            if (!BundleLayout.IsName(name)) throw new ArgumentException($"'{name}' cannot name a cell or suite", nameof(planned));
        if (planned.Cells.Select(c => c.Id).Distinct(StringComparer.OrdinalIgnoreCase).Count() != planned.Cells.Count)
            throw new ArgumentException("two cells share an id", nameof(planned));
        foreach (var cell in planned.Cells)
            if (planned.Datasets.All(d => d.Id != cell.Suite)) throw new ArgumentException($"cell '{cell.Id}' names no suite of the plan", nameof(planned));
    }
}
