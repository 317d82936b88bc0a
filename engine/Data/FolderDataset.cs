using System.Globalization;

namespace OnnxAudit.Data;

/// <summary>
/// Pictures in a folder per class. Folders and files in ordinal order; a folder's label is its name's place in the settings' classes when
/// they are given, else its place among the folders. Files that are no pictures are passed over and noted.
/// </summary>
internal sealed class FolderDataset : ImageDataset
{
    private readonly string[] _files;
    private readonly Preprocessing? _settings;
    private readonly Lazy<string> _digest;

    private FolderDataset(DataSpecText text, string root, List<(string File, int Label)> files, IReadOnlyList<string> classes, IReadOnlyList<string> notes, Preprocessing? settings)
    {
        (Spec, Classes, Notes, _settings) = (text.Text, classes, notes, settings);
        Id = DataSpec.IdOf(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(text.Source))), text.Split ?? "").TrimEnd('-');
        _files = [.. files.Select(f => f.File)];
        Labels = files.Select(f => f.Label).ToArray();
        SourceIndices = Enumerable.Range(0, files.Count).Select(i => (long)i).ToArray();
        var channels = settings?.ChannelCount == 1 ? 1 : 3;
        var (_, first) = ImageFile.Read(_files[0], channels);
        Shape = settings is null ? first : PixelFit.ShapeOf(first, settings, _files[0]);
        _digest = new Lazy<string>(() => DigestText.OfFiles(_files, ["folder",
            string.Create(CultureInfo.InvariantCulture, $"channels {channels} resize {settings?.Resize} crop {settings?.Crop}"),
            .. files.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Label} {Path.GetRelativePath(root, f.File).Replace('\\', '/')}"))]));
    }

    public override string Spec { get; }

    public override string Id { get; }

    public override ImageShape Shape { get; }

    public override SampleEncoding Encoding => SampleEncoding.Pixels;

    public override ReadOnlyMemory<int> Labels { get; }

    public override ReadOnlyMemory<long> SourceIndices { get; }

    public override IReadOnlyList<string> Classes { get; }

    public override IReadOnlyList<string> Notes { get; }

    public override string Digest => _digest.Value;

    public static FolderDataset Open(DataSpecText text, DataOptions options)
    {
        var root = text.Split is null ? text.Source : Path.Combine(text.Source, text.Split);
        try
        {
            var folders = Directory.GetDirectories(root).Order(StringComparer.Ordinal).ToArray();
            var names = folders.Select(f => Path.GetFileName(f)).ToArray();
            if (names.Length == 0)
                throw new AuditException(AuditCode.Invalid, root, "no class folders", "one folder per class", "Put each class's pictures into a folder of its name.");
            var classes = options.Preprocessing?.Classes ?? names;
            var notes = new List<string>();
            var files = new List<(string, int)>();
            foreach (var (folder, name) in folders.Zip(names)) AddClass(folder, LabelOf(name, folder, classes), files, notes);
            notes.AddRange(Directory.GetFiles(root).Order(StringComparer.Ordinal).Select(f => $"{f} is in no class folder and was passed over"));
            return files.Count == 0 ? throw DataFault.Empty(root) : new FolderDataset(text, root, files, classes, notes, options.Preprocessing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFault.Unreadable(root, e);
        }
    }

    public override void ReadPixels(int index, Span<byte> pixels)
    {
        var path = _files[index];
        var (decoded, shape) = ImageFile.Read(path, Shape.Channels);
        var fitted = _settings is null ? shape : PixelFit.ShapeOf(shape, _settings, path);
        if (fitted != Shape)
            throw new AuditException(AuditCode.Invalid, FormattableString.Invariant($"{path}, record {index}"), FormattableString.Invariant($"a picture of {fitted}"),
                FormattableString.Invariant($"{Shape} like the first"), "Set 'resize' and 'crop' in the preprocessing so that all pictures get one size.");
        PixelFit.Fit(decoded, shape, _settings, pixels, path);
    }

    private static int LabelOf(string name, string folder, IReadOnlyList<string> classes)
    {
        for (var i = 0; i < classes.Count; i++)
        {
            if (classes[i] == name) return i;
        }

        throw new AuditException(AuditCode.Invalid, folder, $"class folder '{name}'", $"one of the settings' {classes.Count.ToString(CultureInfo.InvariantCulture)} classes: {string.Join(", ", classes.Take(12))}",
            "Rename the folder or correct 'classes' in the preprocessing.");
    }

    private static void AddClass(string folder, int label, List<(string, int)> files, List<string> notes)
    {
        var before = files.Count;
        foreach (var file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            if (ImageFile.HasPictureName(file)) files.Add((file, label));
            else notes.Add($"{file} is neither PNG nor JPEG and was passed over");
        }

        notes.AddRange(Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(d => $"{d} is a folder inside a class and was passed over"));
        if (files.Count == before) notes.Add($"{folder} holds no picture");
    }
}
