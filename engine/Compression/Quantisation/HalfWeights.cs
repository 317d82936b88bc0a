using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>Weights stored as float16 behind a Cast: half the bytes, arithmetic in float32 as before.</summary>
internal static class HalfWeights
{
    /// <summary>Changes the graph and says what became of each weight.</summary>
    public static IReadOnlyList<CodedLayer> Apply(IReadOnlyList<QuantisableLayer> layers, HalfRange range)
    {
        var coded = new List<CodedLayer>();
        foreach (var weight in SharedWeight.Of(layers))
        {
            var half = range.Of(weight.Source.Name, weight.Weight);
            coded.Add(weight.Report(half.ToFloats(), 16));
            var stored = weight.Store(half, "float16");
            weight.Use(weight.Add("Cast", [stored], "float32", ElementType.Float, NodeAttribute.Of("to", (long)ElementType.Float)));
        }

        return coded;
    }
}
