using OnnxAudit.Compression;
using OnnxAudit.Graphs;

namespace OnnxAudit.Training;

/// <summary>The masks a pruned model shows: its prunable float32 weights that are 0.</summary>
internal static class ZeroMasks
{
    /// <summary>A mask for every tensor with a zero.</summary>
    /// <exception cref="AuditException">Usage: there is no zero to keep.</exception>
    public static MaskSet Of(Model model)
    {
        var masks = new List<Mask>();
        foreach (var weight in Prunable.Find(model).Where(w => w.Tensor.Type == ElementType.Float))
        {
            var values = weight.Tensor.Span<float>();
            if (!values.Contains(0)) continue;
            var bits = new byte[Mask.ByteLength(values.Length)];
            for (var i = 0; i < values.Length; i++)
                if (values[i] != 0) bits[i >> 3] |= (byte)(1 << (i & 7));
            masks.Add(new Mask(weight.Name, values.Length, bits));
        }

        return masks.Count > 0 ? new MaskSet(masks)
            : throw new AuditException(AuditCode.Usage, model.Source, "no prunable weight that is 0", "a pruned model", "Leave --keep-zeros out, or prune the model first.");
    }
}
