using OnnxAudit.Data;
using OnnxAudit.Graphs;

namespace OnnxAudit.Compression;

/// <summary>Scores that another program computed: an .npz with one float array per initializer name, each of the weight's shape; larger scores stay longer.</summary>
public static class ScoreFile
{
    private const int Listed = 20;

    /// <summary>The tensors that the file scores, their scores, and a sentence about those it does not: they stay dense.</summary>
    /// <exception cref="AuditException">Invalid: no such file, an array that fits no prunable weight, or one of another type or shape.</exception>
    public static (IReadOnlyList<PrunableTensor> Tensors, IReadOnlyList<ReadOnlyMemory<float>> Scores, IReadOnlyList<string> Notes) Read(string path, IReadOnlyList<PrunableTensor> prunable)
    {
        var names = NpzFile.Members(path).Select(m => m.Name).ToArray();
        foreach (var name in names)
            if (prunable.All(t => t.Name != name))
                throw new AuditException(AuditCode.Invalid, $"{path}!{name}", "no prunable weight of that name", string.Join(", ", prunable.Take(Listed).Select(t => t.Name)),
                    "Name each array like the initializer it scores; include and exclude decide what is prunable.");
        PrunableTensor[] scored = [.. prunable.Where(t => names.Contains(t.Name, StringComparer.Ordinal))];
        if (scored.Length == 0) throw new AuditException(AuditCode.Invalid, path, "no array", "one per weight to prune", "Save the scores with numpy.savez(FILE, **{name: array}).");
        var dense = prunable.Except(scored).Select(t => t.Name).ToArray();
        return (scored, [.. scored.Select(t => (ReadOnlyMemory<float>)ReadOne(path, t))],
            dense.Length == 0 ? [] : [$"{Path.GetFileName(path)} holds no scores for {string.Join(", ", dense.Take(Listed))}{(dense.Length > Listed ? ", …" : "")}: left dense."]);
    }

    private static float[] ReadOne(string path, PrunableTensor weight)
    {
        var (member, bytes) = NpzFile.ReadMember(path, weight.Name);
        var where = $"{path}!{member}";
        using var file = NpyFile.OverMemory(where, bytes);
        var (found, expected) = (file.Header, weight.Tensor);
        if (!found.Dims.SequenceEqual(expected.Dims.ToArray()) || found.FortranOrder)
            throw new AuditException(AuditCode.Invalid, where, $"shape {found.ShapeText}{(found.FortranOrder ? " in Fortran order" : "")}",
                $"[{string.Join(',', expected.Dims.ToArray())}] in C order, the shape of '{weight.Name}'", "Save the scores in the shape of the weight.");
        var tensor = file.ToTensor();
        return found.Type switch
        {
            ElementType.Float => tensor.Span<float>().ToArray(),
            ElementType.Double => [.. tensor.Span<double>().ToArray().Select(s => (float)s)],
            _ => throw new AuditException(AuditCode.Invalid, where, $"{found.Type}", "float32 or float64", "Convert the scores before saving."),
        };
    }
}
