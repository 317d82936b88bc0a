using OnnxAudit.Graphs;

namespace OnnxAudit.Compression;

/// <summary>Along which axis of a weight its input channels lie.</summary>
internal static class InputAxis
{
    /// <summary>The axis in the initializer that <paramref name="node"/> reads as its input number <paramref name="index"/>; null for other operators, or behind a change of layout.</summary>
    internal static int? Of(Node node, int index, Value weight)
    {
        if (AtNode(node, index, weight.Initializer!.Rank) is not { } axis) return null;
        for (var value = node.Inputs[index]!; value != weight; value = value.Producer!.Inputs[0]!)
        {
            var maker = value.Producer!;
            if (maker.Is("Transpose")) axis = maker.Ints("perm") is { } perm ? (int)perm[axis] : weight.Initializer.Rank - 1 - axis;
            else if (!maker.Is("Identity") && !maker.Is("Cast") && !maker.Is("QuantizeLinear") && !maker.Is("DequantizeLinear")) return null;
        }

        return axis;
    }

    private static int? AtNode(Node node, int index, int rank) => (node.OpType, index) switch
    {
        ("Conv", 1) => 1,
        ("ConvTranspose", 1) => 0,
        ("Gemm", 0) => node.Int("transA", 0) == 0 ? 1 : 0,
        ("Gemm", 1) => node.Int("transB", 0) == 0 ? 0 : 1,
        ("MatMul", 0) => rank - 1,
        ("MatMul", 1) when rank > 1 => rank - 2,
        ("MatMul", 1) => 0,
        _ => null,
    };
}
