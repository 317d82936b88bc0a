using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Gradients.Rules;

/// <summary>What is known of a node's inputs before it runs.</summary>
internal static class Known
{
    /// <summary>The numbers an integer input holds, whether constant or folded from shapes; null when it is not there or not known.</summary>
    internal static long[]? Ints(this NodeGradient g, int index)
    {
        if (g.Node.Input(index) is not { } value) return null;
        if (g.Emit.Shapes.ContentsOf(value) is { } contents) return contents.All(d => d.Size is not null) ? [.. contents.Select(d => d.Size!.Value)] : null;
        return Constants.Resolve(value) switch
        {
            { Type: ElementType.Int64 } tensor => tensor.Span<long>().ToArray(),
            { Type: ElementType.Int32 } tensor => [.. tensor.Span<int>().ToArray().Select(v => (long)v)],
            _ => null,
        };
    }

    /// <summary>The numbers a floating-point input holds; null when it is not there, empty or not constant.</summary>
    internal static float[]? Floats(this NodeGradient g, int index) =>
        g.Node.Input(index) is { } value && Constants.Resolve(value) is { Count: > 0 } tensor ? tensor.ToFloats() : null;

    /// <summary>An axis counted from the front.</summary>
    internal static int Axis(long axis, int rank) => (int)(axis < 0 ? axis + rank : axis);
}
