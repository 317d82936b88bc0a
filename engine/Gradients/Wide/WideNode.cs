using OnnxAudit.Gradients.Rules;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Wide;

/// <summary>A node being widened: its float32 inputs are there in float64, the others as they are.</summary>
internal sealed record WideNode(Emitter Emit, Node Node, Value?[] Inputs)
{
    /// <summary>The same operator over float64.</summary>
    internal Value[] Same() => Emit.Add(Node.OpType, Inputs, Node.Outputs.Count, [.. Node.Attributes]);

    /// <summary>Spatial sizes of the first output.</summary>
    internal long[] OutputSizes => [.. Emit.AxesFrom(Node.Outputs[0]!, 2).Select(axis => Emit.SizeOf(Node.Outputs[0]!, (int)axis))];

    /// <summary>The window that walks over the first input.</summary>
    internal Window Walk(IEnumerable<long> kernel) => Window.Of(Emit, Node, Node.Inputs[0]!, [.. kernel.Select(k => (long?)k)]);
}
