using OnnxAudit.Compression;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Graphs;

namespace OnnxAudit.Training.Tickets;

/// <summary>
/// Stores the layers of a ticket as bits: a mask bit and a sign bit per weight, weight i in bit i mod 8 (low first) of byte ⌊i/8⌋, and nodes that make ±α and 0
/// of them under the weight's own name. Every bit is moved to the top of a byte of its own, (b ≫ k) ≪ 7, which is not 0 where the bit is set:
/// Where(mask, Where(sign, −α, α), 0), reshaped, and cut where the weights fill no whole byte. Standard operators of opset 11; runtimes fold them when they load.
/// </summary>
internal static class TicketPacking
{
    private const long OldestOpset = 11;

    /// <summary>Changes the model; answers sentences for people.</summary>
    public static IEnumerable<string> Pack(Model model, IReadOnlyList<TicketLayerReport> layers)
    {
        var raised = model.Opset < OldestOpset && OpsetUpgrade.To18(model);
        var constants = new Shared(
            New(model.Graph, "ticket_shifts", Tensor.From<byte>(ElementType.UInt8, [8], [0, 1, 2, 3, 4, 5, 6, 7])),
            New(model.Graph, "ticket_top", Tensor.From<byte>(ElementType.UInt8, [1], [7])), New(model.Graph, "ticket_zero", Tensor.FromFloats([], [0])));
        foreach (var layer in Enumerable.Reverse(layers)) Pack(model.Graph, layer, constants);
        return raised ? [FormattableString.Invariant($"The model went to opset {model.Opset}: the nodes that decode its weights need {OldestOpset}.")] : [];
    }

    private static void Pack(Graph graph, TicketLayerReport layer, Shared constants)
    {
        var decoded = graph.Find(layer.Name)!;
        var dims = decoded.Initializer!.Dims.ToArray();
        var (mask, sign) = Bits(decoded.Initializer!.Span<float>(), layer);
        graph.SetInitializer(layer.Name, null);
        if (decoded.IsInput) graph.RemoveInput(decoded);
        decoded.Type = new TensorType(ElementType.Float, [.. dims.Select(d => (Dim)d)]);
        var nodes = new Nodes(graph, layer.Name);
        var chosen = nodes.Add("Where", Unpacked(nodes, "sign", sign, constants), New(graph, $"{layer.Name}_minus_alpha", Tensor.FromFloats([], [-layer.Alpha])),
            New(graph, $"{layer.Name}_alpha", Tensor.FromFloats([], [layer.Alpha])));
        var values = nodes.Add("Where", Unpacked(nodes, "mask", mask, constants), chosen, constants.Zero);
        if (layer.Count % 8 != 0)
        {
            values = nodes.Add("Reshape", values, Whole(graph, $"{layer.Name}_row", -1));
            values = nodes.Add("Slice", values, Whole(graph, $"{layer.Name}_from", 0), Whole(graph, $"{layer.Name}_to", layer.Count));
        }

        nodes.Into(decoded, "Reshape", values, New(graph, $"{layer.Name}_shape", Tensor.From<long>(ElementType.Int64, [dims.Length], dims)));
    }

    private static Value Unpacked(Nodes nodes, string what, byte[] bits, Shared constants)
    {
        var bytes = New(nodes.Graph, $"{nodes.Name}_{what}_bits", Tensor.From<byte>(ElementType.UInt8, [bits.Length, 1], bits));
        var low = nodes.Add("BitShift", bytes, constants.Shifts);
        low.Producer!.Set(NodeAttribute.Of("direction", "RIGHT"));
        var top = nodes.Add("BitShift", low, constants.Top);
        top.Producer!.Set(NodeAttribute.Of("direction", "LEFT"));
        var set = nodes.Add("Cast", top);
        set.Producer!.Set(NodeAttribute.Of("to", (long)ElementType.Bool));
        return set;
    }

    private static (byte[] Mask, byte[] Sign) Bits(ReadOnlySpan<float> weights, TicketLayerReport layer)
    {
        var (mask, sign) = (new byte[Mask.ByteLength(weights.Length)], new byte[Mask.ByteLength(weights.Length)]);
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0) continue;
            if (MathF.Abs(weights[i]) != layer.Alpha) throw new InvalidOperationException($"'{layer.Name}' has a third magnitude");
            mask[i >> 3] |= (byte)(1 << (i & 7));
            if (weights[i] < 0) sign[i >> 3] |= (byte)(1 << (i & 7));
        }

        return (mask, sign);
    }

    private static Value Whole(Graph graph, string stem, long value) => New(graph, stem, Tensor.From<long>(ElementType.Int64, [1], [value]));

    private static Value New(Graph graph, string stem, Tensor tensor) => graph.SetInitializer(graph.NewValue(stem).Name, tensor);

    private sealed record Shared(Value Shifts, Value Top, Value Zero);

    // Nodes of one layer in their order, before everything else.
    private sealed class Nodes(Graph graph, string name)
    {
        private int _at;

        public Graph Graph => graph;

        public string Name => name;

        public Value Add(string op, params ReadOnlySpan<Value?> inputs)
        {
            var output = graph.NewValue($"{name}_{op.ToLowerInvariant()}");
            Into(output, op, inputs);
            return output;
        }

        public void Into(Value output, string op, params ReadOnlySpan<Value?> inputs) => graph.AddNode(op, inputs, [output], $"{name}_{op.ToLowerInvariant()}_{_at}", at: _at++);
    }
}
