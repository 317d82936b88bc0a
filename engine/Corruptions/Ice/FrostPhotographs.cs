using OnnxAudit.Data;

namespace OnnxAudit.Corruptions.Ice;

/// <summary>The user's own pictures. Files are read when opened, to refuse bad ones early, and again when a size of them is first needed.</summary>
internal sealed class FrostPhotographs : FrostSource
{
    private readonly string[] _paths;

    private FrostPhotographs(string[] paths)
    {
        _paths = paths;
        Id = FormattableString.Invariant($"photographs {paths.Length} {DigestText.OfFiles(paths)}");
    }

    public override int Count => _paths.Length;

    public override string Id { get; }

    public override string Remark => FormattableString.Invariant($"frost from {Count} given photographs: comparable with published scores only if they are the published ones");

    public override bool ComparableWithPublished => true;

    public static FrostPhotographs Open(string folder)
    {
        if (!Directory.Exists(folder)) throw new AuditException(AuditCode.Invalid, folder, "no such folder", "a folder of frost photographs", "Correct the path.");
        string[] paths = [.. Directory.EnumerateFiles(folder).Where(ImageFile.HasPictureName).Order(StringComparer.Ordinal)];
        if (paths.Length == 0) throw new AuditException(AuditCode.Invalid, folder, "no pictures", "PNG or JPEG files", "Put the frost photographs there.");
        foreach (var path in paths) ImageFile.Read(path, 3);
        return new FrostPhotographs(paths);
    }

    private protected override Photograph Picture(int index)
    {
        var (pixels, shape) = ImageFile.Read(_paths[index], 3);
        return new Photograph(pixels, shape);
    }
}
