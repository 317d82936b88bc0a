using OnnxAudit.Files;
using OnnxAudit.Onnx;

namespace OnnxAudit.Families;

/// <summary>The files of a model that a family starts from: they are copied beside what is made from it, so that the folder tells the whole lineage.</summary>
/// <param name="Sha256">What <see cref="ModelFiles.DigestOf"/> gives.</param>
/// <param name="Copies">From where to which name in the family's folder: the model, its weights in other files, the settings beside it.</param>
internal sealed record BaseFiles(string Sha256, IReadOnlyList<(string From, string Name)> Copies)
{
    /// <summary>Finds them.</summary>
    /// <exception cref="AuditException">Invalid: not a model.</exception>
    public static BaseFiles Of(FamilyModel model)
    {
        var read = OnnxReader.Read(model.Path);
        List<(string From, string Name)> copies = [.. ModelFiles.Of(read, model.Path).Select((file, i) => (file.Path, i == 0 ? model.Name + ".onnx" : file.Name))];
        if (copies.Count > 1 && Path.GetFileName(model.Path) != model.Name + ".onnx")
            throw new AuditException(AuditCode.Invalid, model.Where, $"the name '{model.Name}' for {Path.GetFileName(model.Path)}, whose weights stand in other files", $"'{Path.GetFileNameWithoutExtension(model.Path)}'",
                "Its digest names all its files; call it as its file is called.");
        var settings = Path.ChangeExtension(model.Path, ".json");
        if (File.Exists(settings)) copies.Add((settings, model.Name + ".json"));
        return new BaseFiles(ModelFiles.DigestOf(read, model.Path), copies);
    }

    /// <summary>Copies what is not there already, byte for byte.</summary>
    /// <exception cref="AuditException">Environment: the disk.</exception>
    public void CopyInto(string folder)
    {
        foreach (var (from, name) in Copies)
        {
            var to = Path.Combine(folder, name);
            if (Path.GetFullPath(from) == Path.GetFullPath(to) || (File.Exists(to) && Digest.OfFile(to) == Digest.OfFile(from))) continue;
            AtomicFile.Write(to, stream =>
            {
                using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
                source.CopyTo(stream);
            });
        }
    }
}
