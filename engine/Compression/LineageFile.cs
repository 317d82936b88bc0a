using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression;

/// <summary>A model file as its lineage needs it: nothing of it stays in memory.</summary>
/// <param name="Path">As given.</param>
/// <param name="Sha256">What <see cref="ModelFiles.DigestOf"/> gives, so that a recipe's parent can be recognised.</param>
/// <param name="Recipe">How the file says it was made; null when it says nothing.</param>
/// <param name="Sparsity">Fraction of zeros among the prunable weights; NaN when there are none.</param>
public sealed record LineageFile(string Path, string Sha256, Recipe? Recipe, double Sparsity = double.NaN)
{
    /// <summary>Name without folder.</summary>
    public string FileName => System.IO.Path.GetFileName(Path);

    /// <summary>Paths of all the files the model is made of, its weights in other files among them.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [Path];

    /// <summary>Reads a model file: the bytes are streamed for the digest, the weights looked at in place for their zeros.</summary>
    /// <exception cref="AuditException">Invalid: not a model, or its recipe is damaged.</exception>
    public static LineageFile Read(string path)
    {
        var model = OnnxReader.Read(path);
        var prunable = SparsityReport.Of(model).Prunable;
        return new LineageFile(path, ModelFiles.DigestOf(model, path), Recipe.Read(model), prunable.Count == 0 ? double.NaN : prunable.Sparsity)
        {
            Parts = [.. ModelFiles.Of(model, path).Select(f => f.Path)],
        };
    }
}
