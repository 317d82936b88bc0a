using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Normalisation()
    {
        var wide = NodeAttribute.Of("epsilon", 0.01f);
        foreach (var (name, x) in ((string, Float64Tensor)[])[("2D", Random(1, 3, 2, 2, 3)), ("flat", Random(1, 4, 2)), ("1D", Random(1, 2, 2, 4))])
        {
            (string, Float64Tensor)[] inputs = [("x", x), ("scale", Random(2, 2)), ("b", Random(3, 2)), ("mean", Random(4, 2)), ("var", From([0.5, 2], 2))];
            yield return new("BatchNormalization", $"given statistics, {name}", inputs, wide) { Smooth = true };
            yield return new("BatchNormalization", $"batch statistics, {name}", inputs, wide, NodeAttribute.Of("training_mode", 1L)) { Smooth = true, Outputs = 3 };
        }

        foreach (var (name, x) in ((string, Float64Tensor)[])[("2D", Random(1, 2, 2, 2, 3)), ("1D", Random(1, 2, 2, 5)), ("3D", Random(1, 2, 2, 2, 2, 2))])
            yield return new("InstanceNormalization", name, [("x", x), ("scale", Random(2, 2)), ("b", Random(3, 2))], wide) { Smooth = true };

        yield return new("LayerNormalization", "last axis", [("x", Random(1, 2, 3, 4)), ("scale", Random(2, 4)), ("b", Random(3, 4))], wide) { Smooth = true };
        yield return new("LayerNormalization", "two axes, no bias", [("x", Random(1, 2, 3, 4)), ("scale", Random(2, 3, 4))], wide, NodeAttribute.Of("axis", 1L)) { Smooth = true };
        yield return new("LayerNormalization", "all axes", [("x", Random(1, 2, 3)), ("scale", Random(2, 2, 3)), ("b", Random(3, 2, 3))], NodeAttribute.Of("axis", -2L)) { Smooth = true };
        yield return new("LayerNormalization", "statistics used as well", [("x", Random(1, 3, 4)), ("scale", Random(2, 4)), ("b", Random(3, 4))], wide) { Smooth = true, Outputs = 3 };

        (string, Float64Tensor)[] Grouped(long scales) => [("x", Random(1, 2, 4, 2, 3)), ("scale", Random(2, scales)), ("b", Random(3, scales))];
        NodeAttribute[] Groups(long count) => [wide, NodeAttribute.Of("num_groups", count)];
        yield return new("GroupNormalization", "2 groups, scale by group", Grouped(2), Groups(2)) { Smooth = true };
        yield return new("GroupNormalization", "2 groups, scale by channel", Grouped(4), Groups(2)) { Smooth = true, Opset = 21 };
        yield return new("GroupNormalization", "1 group", Grouped(1), Groups(1)) { Smooth = true };
        yield return new("GroupNormalization", "a channel a group", Grouped(4), Groups(4)) { Smooth = true };

        foreach (var size in (long[])[1, 3, 4])
            yield return new("LRN", FormattableString.Invariant($"size {size}"), [("x", Random(1, 2, 5, 2, 2))], NodeAttribute.Of("size", size), NodeAttribute.Of("alpha", 0.5f), NodeAttribute.Of("bias", 1.5f))
            {
                Smooth = true,
                NotInRuntime = size % 2 == 0 ? "its kernel asks for an odd size" : null,
            };
        yield return new("LRN", "beta 2", [("x", Random(1, 3, 4, 1, 2))], NodeAttribute.Of("size", 3L), NodeAttribute.Of("alpha", 0.1f), NodeAttribute.Of("beta", 2f)) { Smooth = true };

        foreach (var p in (long[])[1, 2])
        {
            yield return new("LpNormalization", FormattableString.Invariant($"p {p}, last axis"), [("x", Random(1, 2, 3, 4))], NodeAttribute.Of("p", p)) { Smooth = true };
            yield return new("LpNormalization", FormattableString.Invariant($"p {p}, axis 1"), [("x", Random(1, 2, 3, 4))], NodeAttribute.Of("p", p), NodeAttribute.Of("axis", 1L)) { Smooth = true };
        }
    }
}
