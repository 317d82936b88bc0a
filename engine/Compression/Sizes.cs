using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression;

/// <summary>How large a model is on disk and how large a sparse store would be.</summary>
public static class Sizes
{
    /// <summary>
    /// Bytes of a store that keeps, for every prunable tensor, the non-zero values and one bit per weight, and everything else of the file as it
    /// is: file − Σ stored + Σ min(stored, nonzero·element + ⌈count/8⌉). A tensor that the file already stores in fewer bytes stays as it is.
    /// </summary>
    /// <param name="fileBytes">Bytes of the model's file, external data included.</param>
    /// <param name="model">The model.</param>
    /// <param name="sparsity">Zeros of the weights that count, overrides included.</param>
    public static long SparseBytes(long fileBytes, Model model, SparsityReport sparsity)
    {
        var bytes = fileBytes;
        foreach (var tensor in sparsity.Tensors)
        {
            var weights = model.Graph.Find(tensor.Name)!.Initializer!;
            var stored = weights.Storage is TensorStorage file ? file.StoredBytes : weights.Data.Length;
            bytes += Math.Min(0, weights.Type.ByteLength(tensor.Count - tensor.Zeros) + Mask.ByteLength(tensor.Count) - stored);
        }

        return bytes;
    }
}
