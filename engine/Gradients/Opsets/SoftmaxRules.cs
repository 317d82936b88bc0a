using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Opsets;

/// <summary>
/// Softmax, LogSoftmax and Hardmax over everything from an axis on (default 1) became those over one axis (default the last). Where one axis is all there is,
/// the axis is written down; otherwise the input is flattened to two axes and the result shaped back.
/// </summary>
internal static class SoftmaxRules
{
    internal static void OverOneAxis(OpsetEdit e)
    {
        var axis = e.Node.Int("axis", 1);
        var shape = e.Shape(0);
        if (shape is not null && IsOneAxis(shape, axis))
        {
            e.Node.Set(NodeAttribute.Of("axis", axis));
            return;
        }

        var x = e.Node.Input(0)!;
        var to = shape is not null && shape.Count(d => d.Size is null) <= 1 && shape.All(d => d.Size != 0)
            ? e.Constant("shape", Tensor.From<long>(ElementType.Int64, [shape.Count], [.. shape.Select(d => d.Size ?? -1)]))
            : e.Before("Shape", [x]);
        e.Node.SetInput(0, e.Before("Flatten", [x], NodeAttribute.Of("axis", axis)));
        e.Node.Set(NodeAttribute.Of("axis", -1L));
        e.After("Reshape", inner => [inner, to]);
    }

    private static bool IsOneAxis(IReadOnlyList<Dim> shape, long axis)
    {
        if (axis < 0) axis += shape.Count;
        return axis >= 0 && axis < shape.Count && shape.Skip((int)axis + 1).All(d => d.Size == 1);
    }
}
