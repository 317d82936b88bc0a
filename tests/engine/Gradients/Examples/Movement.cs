using OnnxAudit.Graphs;
using static OnnxAudit.Graphs.NodeAttribute;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Movement()
    {
        yield return new("Identity", "matrix", [("x", Random(1, 2, 3))]) { Smooth = true, Batch = ["x"] };
        yield return new("Expand", "new axis and size 1", [("x", Random(1, 3, 1)), ("shape", Ints([2, 3, 4]))]) { Smooth = true };
        yield return new("Expand", "smaller than x", [("x", Random(1, 2, 3)), ("shape", Ints([1, 1]))]) { Smooth = true };
        yield return new("Expand", "inner axes", [("x", Random(1, 2, 1, 3, 1)), ("shape", Ints([1, 2, 1, 4]))]) { Batch = ["x"] };
        yield return new("Reshape", "zero and minus one", [("x", Random(1, 2, 3, 4)), ("shape", Ints([0, -1]))]) { Smooth = true, Batch = ["x"] };
        yield return new("Reshape", "batch as minus one", [("x", Random(1, 2, 3, 4)), ("shape", Ints([-1, 6, 2]))]) { Batch = ["x"] };
        yield return new("Reshape", "to a scalar", [("x", Random(1, 1, 1)), ("shape", Ints([]))]) { Smooth = true };
        foreach (var axis in (long[])[0, 1, 2, -1, 3])
            yield return new("Flatten", $"axis {axis}", [("x", Random(1, 2, 3, 4))], Of("axis", axis)) { Batch = axis > 0 ? ["x"] : [] };
        yield return new("Squeeze", "every axis of size 1", [("x", Random(1, 1, 3, 1, 4))]);
        yield return new("Squeeze", "some axes", [("x", Random(1, 2, 3, 1, 1)), ("axes", Ints([2, -1]))]) { Batch = ["x"] };
        yield return new("Unsqueeze", "both ends", [("x", Random(1, 3, 4)), ("axes", Ints([0, -1]))]);
        yield return new("Unsqueeze", "inside", [("x", Random(1, 3, 4)), ("axes", Ints([1]))]) { Batch = ["x"] };
        yield return new("Transpose", "reversed", [("x", Random(1, 2, 3, 4))]);
        yield return new("Transpose", "whole circle", [("x", Random(1, 2, 3, 4, 5))], Of("perm", [3L, 1, 0, 2])) { Smooth = true };
        yield return new("Transpose", "channels last", [("x", Random(1, 2, 3, 4, 5))], Of("perm", [0L, 2, 3, 1])) { Batch = ["x"] };
        yield return new("Tile", "once", [("x", Random(1, 2, 3)), ("repeats", Ints([1, 1]))]) { Batch = ["x"] };
        yield return new("Tile", "both axes", [("x", Random(1, 2, 3)), ("repeats", Ints([3, 2]))]) { Smooth = true };
        yield return new("Tile", "size 1", [("x", Random(1, 2, 1, 3)), ("repeats", Ints([1, 4, 2]))]) { Batch = ["x"] };
        yield return new("Tile", "not at all", [("x", Random(1, 2, 3)), ("repeats", Ints([2, 0]))]);
        foreach (var mode in (string[])["DCR", "CRD"])
        {
            yield return new("DepthToSpace", $"{mode}, 2", [("x", Random(1, 2, 12, 2, 3))], Of("blocksize", 2L), Of("mode", mode)) { Smooth = true, Batch = ["x"] };
            yield return new("DepthToSpace", $"{mode}, 3", [("x", Random(1, 1, 18, 1, 2))], Of("blocksize", 3L), Of("mode", mode));
        }

        foreach (var block in (long[])[2, 3])
            yield return new("SpaceToDepth", $"{block}", [("x", Random(1, 2, 2, 6, 6))], Of("blocksize", block)) { Smooth = true, Batch = ["x"] };
        foreach (var (exclusive, reverse) in ((long, long)[])[(0, 0), (0, 1), (1, 0), (1, 1)])
            yield return new("CumSum", $"exclusive {exclusive}, reverse {reverse}", [("x", Random(1, 2, 3, 4)), ("axis", Int(exclusive - 2))], Of("exclusive", exclusive), Of("reverse", reverse))
            {
                Smooth = true,
                Batch = ["x"],
            };
        foreach (var (k, upper) in ((long, long)[])[(0, 1), (1, 1), (-1, 1), (0, 0), (1, 0), (-2, 0)])
            yield return new("Trilu", $"upper {upper}, from {k}", [("x", Random(1, 2, 4, 5)), ("k", Int(k))], Of("upper", upper)) { Smooth = true, Batch = ["x"] };
        yield return new("Trilu", "main diagonal by default", [("x", Random(1, 3, 3))]);
    }

    private static IEnumerable<GradientExample> Pieces()
    {
        (string, Oracles.Float64Tensor)[] three = [("a", Random(1, 2, 3, 4)), ("b", Random(2, 2, 1, 4)), ("c", Random(3, 2, 5, 4))];
        yield return new("Concat", "middle axis", three, Of("axis", 1L)) { Smooth = true, Batch = ["a", "b", "c"] };
        yield return new("Concat", "one wanted, axis from the end", three, Of("axis", -2L)) { With = ["b"] };
        yield return new("Concat", "first axis", [("a", Random(1, 2, 3)), ("b", Random(2, 4, 3))], Of("axis", 0L));
        yield return new("Concat", "of one", [("a", Random(1, 2, 3))], Of("axis", 1L)) { Batch = ["a"] };
        yield return new("Split", "given sizes", [("x", Random(1, 2, 7, 2)), ("split", Ints([1, 4, 2]))], Of("axis", 1L)) { Outputs = 3, Smooth = true, Batch = ["x"] };
        yield return new("Split", "axis from the end", [("x", Random(1, 2, 7)), ("split", Ints([3, 4]))], Of("axis", -1L)) { Outputs = 2 };
        yield return new("Split", "equal parts, the last smaller", [("x", Random(1, 7, 2))], Of("num_outputs", 3L)) { Outputs = 3 };
        yield return new("Split", "equal parts", [("x", Random(1, 2, 6))], Of("axis", 1L), Of("num_outputs", 2L)) { Outputs = 2, Batch = ["x"] };
        foreach (var (what, starts, ends, axes, steps) in ((string, long[], long[], long[], long[])[])
            [
                ("run", [1], [4], [1], [1]),
                ("everything", [0], [6], [1], [1]),
                ("every second", [1], [6], [1], [2]),
                ("backwards", [-1], [long.MinValue], [1], [-1]),
                ("every second backwards", [4], [0], [-2], [-2]),
                ("two axes", [-5, 0], [long.MaxValue, -1], [1, 2], [3, 1]),
                ("beyond both ends", [9, 1], [-9, 3], [1, 2], [-1, 1]),
            ])
            yield return new("Slice", what, [("x", Random(1, 2, 6, 4)), ("starts", Ints(starts)), ("ends", Ints(ends)), ("axes", Ints(axes)), ("steps", Ints(steps))]) { Smooth = true, Batch = ["x"] };
        yield return new("Slice", "first axes by default", [("x", Random(1, 3, 4, 2)), ("starts", Ints([1, 0])), ("ends", Ints([3, 2]))]);
        yield return new("Slice", "whole batch by default", [("x", Random(1, 3, 4, 2)), ("starts", Ints([0, 1])), ("ends", Ints([long.MaxValue, 3]))]) { Batch = ["x"] };
        yield return new("Slice", "nothing", [("x", Random(1, 2, 6)), ("starts", Ints([4])), ("ends", Ints([4])), ("axes", Ints([1]))]);
        foreach (var pads in (long[][])[[0, 1, 0, 2], [0, -1, 0, -2], [0, -1, 0, 2], [0, 0, 0, 0]])
        {
            yield return new("Pad", $"constant {string.Join(' ', pads)}", [("x", Random(1, 3, 5)), ("pads", Ints(pads))]) { Smooth = true, Batch = ["x"] };
            yield return new("Pad", $"given constant {string.Join(' ', pads)}", [("x", Random(1, 3, 5)), ("pads", Ints(pads)), ("fill", From([0.5]))]) { Smooth = true };
        }

        foreach (var mode in (string[])["reflect", "edge"])
        {
            foreach (var pads in (long[][])[[0, 0, 1, 2, 0, 0, 2, 3], [0, 2, 0, 0, 0, 1, 0, 0]])
                yield return new("Pad", $"{mode} {string.Join(' ', pads)}", [("x", Random(1, 2, 3, 4, 5)), ("pads", Ints(pads))], Of("mode", mode)) { Smooth = true, Batch = ["x"] };
            yield return new("Pad", $"{mode} cut and grown", [("x", Random(1, 2, 6, 5)), ("pads", Ints([0, -1, 2, 0, 2, -1]))], Of("mode", mode));
            yield return new("Pad", $"{mode} vector", [("x", Random(1, 4)), ("pads", Ints([2, 1]))], Of("mode", mode));
            yield return new("Pad", $"{mode} named axes", [("x", Random(1, 2, 3, 4)), ("pads", Ints([1, 2, 0, 1])), OpModel.Omitted, ("axes", Ints([-1, 1]))], Of("mode", mode)) { Batch = ["x"] };
        }

        yield return new("Pad", "constant on named axes", [("x", Random(1, 2, 3, 4)), ("pads", Ints([1, 2, 0, 1])), ("fill", From([0.25])), ("axes", Ints([-1, 1]))]);
    }
}
