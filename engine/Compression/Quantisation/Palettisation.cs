using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>
/// Weights as indices into a codebook of their own: uint8 indices, cast to int32, gather float32 entries. What the decoding gives is bit for bit the entry. Source:
/// Han, Mao and Dally, Deep Compression, arXiv:1510.00149, §3.
/// </summary>
internal static class Palettisation
{
    /// <summary>Changes the graph and says what became of each weight. Bits count ⌈log2 entries⌉ an index and the codebook; the file stores 8 an index.</summary>
    /// <exception cref="AuditException">Invalid: a weight that is not finite.</exception>
    public static IReadOnlyList<CodedLayer> Apply(Model model, IReadOnlyList<QuantisableLayer> layers, int entries, CancellationToken cancellation)
    {
        var coded = new List<CodedLayer>();
        foreach (var weight in SharedWeight.Of(layers))
        {
            cancellation.ThrowIfCancellationRequested();
            var values = weight.Weight.Span<float>();
            foreach (var value in values)
                if (!float.IsFinite(value))
                    throw new AuditException(AuditCode.Invalid, $"{model.Source}, weight '{weight.Source.Name}'", "a number that is not finite", "finite weights", "Exclude the layer.");
            var codebook = Codebook.Of(values, entries);
            var indices = codebook.Indices(values);
            float[] decoded = [.. indices.Select(i => codebook.Entries[i])];
            var bits = Math.Ceiling(Math.Log2(Math.Max(2, codebook.Entries.Length))) + 32.0 * codebook.Entries.Length / values.Length;
            coded.Add(weight.Report(decoded, bits));
            var graph = weight.Source.Graph;
            var palette = graph.SetInitializer(graph.NewValue($"{weight.Source.Name}_palette").Name, Tensor.FromFloats([codebook.Entries.Length], codebook.Entries));
            var stored = weight.Store(Tensor.From<byte>(ElementType.UInt8, weight.Weight.Dims, indices), "indices");
            var wide = weight.Add("Cast", [stored], "indices_int32", ElementType.Int32, NodeAttribute.Of("to", (long)ElementType.Int32));
            weight.Use(weight.Add("Gather", [palette, wide], "float32", ElementType.Float, NodeAttribute.Of("axis", 0L)));
        }

        return coded;
    }
}
