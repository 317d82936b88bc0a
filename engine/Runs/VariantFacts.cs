using OnnxAudit.Compression;
using OnnxAudit.Files;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Runs;

/// <summary>What is true of a variant whatever the suite: sparsity, sizes, the user's own metrics, remarks.</summary>
/// <param name="Metrics">Figures that every machine agrees on.</param>
/// <param name="HostMetrics">Figures that depend on a library of the host.</param>
/// <param name="Notes">Remarks for the cell.</param>
internal sealed record VariantFacts(IReadOnlyList<KeyValuePair<string, double>> Metrics, IReadOnlyList<KeyValuePair<string, double>> HostMetrics, IReadOnlyList<string> Notes)
{
    /// <summary>The facts of a variant whose weights stand in its graph.</summary>
    internal static VariantFacts Of(ModelVariant variant, PreparedModel file, UserMetrics user, IReadOnlyList<string> notes)
    {
        var sparsity = variant.Sparsity;
        return new VariantFacts(
        [
            new("sparsity", sparsity.Prunable.Sparsity),
            new("sparsity.overall", sparsity.Parameters.Sparsity),
            new("parameters", sparsity.Parameters.Count),
            new("parameters.nonzero", sparsity.Parameters.Count - sparsity.Parameters.Zeros),
            new("size.file_bytes", file.Bytes),
            new("size.sparse_bytes", Sizes.SparseBytes(file.Bytes, variant.Model, sparsity)),
            .. user.Of(variant.Id),
        ],
        [new("size.lz4_bytes", Lz4Bytes(variant.Model))],
        notes);
    }

    /// <summary>LZ4 frames of the graph without weights and of each weight tensor, together: no copy of the weights, any size of model.</summary>
    private static long Lz4Bytes(Model model)
    {
        var weights = model.Graph.Initializers.Where(v => v.Initializer!.Data.Length > 0).ToArray();
        var bare = OnnxWriter.ToBytes(model, new OnnxWriteOptions { Externalised = weights.Select(v => v.Name).ToHashSet(StringComparer.Ordinal) });
        return Lz4Frame.CompressedSize(bare) + weights.Sum(v => Lz4Frame.CompressedSize(v.Initializer!.Data.Span));
    }
}
