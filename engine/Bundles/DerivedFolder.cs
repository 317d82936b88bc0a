using System.Text.Json;
using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Bundles;

/// <summary>A folder of derived data inside a bundle, outside its digest. It is built beside its place, synced and renamed, so that it is there whole or not at all.</summary>
public sealed class DerivedFolder : IDisposable
{
    /// <summary>The folder of a bundle that holds analyses.</summary>
    public const string Analyses = BundleLayout.AnalysesFolder;

    private readonly string _target;
    private readonly string _building;
    private bool _finished;

    private DerivedFolder(string target)
    {
        _target = target;
        _building = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.building");
    }

    /// <summary>True for what can name a folder or a column: at most 200 letters, digits, '.', '_' and '-', not starting with '.'.</summary>
    public static bool IsName(string name) => BundleLayout.IsName(name);

    /// <summary>Starts a folder; what an interrupted write left is removed.</summary>
    /// <exception cref="AuditException">Environment: it cannot be written.</exception>
    public static DerivedFolder Begin(string target)
    {
        var folder = new DerivedFolder(target);
        folder.Disk(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            BundleFolder.Delete(folder._building);
            Directory.CreateDirectory(folder._building);
        });
        return folder;
    }

    /// <summary>A JSON file of the folder: bounded, without repeated keys.</summary>
    /// <exception cref="AuditException">Invalid: missing, too long or damaged.</exception>
    public static JsonElement ReadJson(string path)
    {
        var bytes = BundleJson.ReadBytes(path);
        _ = BundleJson.Parse(path, bytes);
        return JsonElement.Parse(bytes);
    }

    /// <summary>Writes a column PLACE/NAME. Every part of the path is a name; bytes: the elements, little-endian.</summary>
    /// <returns>Its description, digest included.</returns>
    /// <exception cref="AuditException">Environment: it cannot be written, or liblz4 is not installed.</exception>
    public ColumnInfo Column(string path, ElementType type, ReadOnlySpan<long> dims, ReadOnlySpan<byte> bytes)
    {
        if (!path.Split('/').All(IsName)) throw new ArgumentException($"'{path}' cannot name a column", nameof(path));
        var file = BundleLayout.In(_building, path + BundleLayout.ColumnSuffix);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var writer = new ColumnWriter(new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1), path, type, dims);
            writer.Append(type, dims, bytes);
            return writer.Close();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BundleFolder.Failed(file, e);
        }
    }

    /// <summary>Writes a file.</summary>
    /// <exception cref="AuditException">Environment: it cannot be written.</exception>
    public void File(string name, ReadOnlyMemory<byte> bytes) => AtomicFile.WriteBytes(Path.Combine(_building, name), bytes);

    /// <summary>Puts the folder in its place; one that was there is gone.</summary>
    /// <exception cref="AuditException">Environment: it cannot be written.</exception>
    public void Complete() => Disk(() =>
    {
        AtomicFile.SyncFolder(_building);
        BundleFolder.Delete(_target);
        Directory.Move(_building, _target);
        AtomicFile.SyncFolder(Path.GetDirectoryName(_target)!);
        _finished = true;
    });

    /// <summary>Removes what was not completed.</summary>
    public void Dispose()
    {
        if (!_finished) Disk(() => BundleFolder.Delete(_building));
        _finished = true;
    }

    private void Disk(Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BundleFolder.Failed(_target, e);
        }
    }
}
