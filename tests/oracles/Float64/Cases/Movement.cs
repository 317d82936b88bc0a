using static OnnxAudit.Tests.Oracles.Float64Tensor;
using A = OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Oracles;

internal static partial class EvaluatorCases
{
    private static IEnumerable<EvaluatorCase> Movement()
    {
        var x = ("x", Random(1, 2, 3, 4));
        yield return new("Identity", "matrix", [x]);
        yield return new("Shape", "all", [x]);
        yield return new("Shape", "from the end", [x], A.Of("start", -2), A.Of("end", -1));
        yield return new("Size", "matrix", [x]);
        yield return new("Reshape", "zero and minus one", [x, ("shape", Ints([0, -1, 2]))]);
        yield return new("Reshape", "zero means zero", [("x", Random(1, 0, 3)), ("shape", Ints([3, 0]))], A.Of("allowzero", 1));
        yield return new("Flatten", "axis 1", [x]);
        yield return new("Flatten", "axis 0", [x], A.Of("axis", 0));
        yield return new("Flatten", "axis -1", [x], A.Of("axis", -1));
        yield return new("Transpose", "reversed", [x]);
        yield return new("Transpose", "perm", [x], A.Of("perm", [2L, 0, 1]));
        yield return new("Expand", "new axis", [("x", Random(1, 3, 1)), ("shape", Ints([2, 1, 4]))]);
        yield return new("Squeeze", "axes", [("x", Random(1, 1, 3, 1)), ("axes", Ints([-1]))]);
        yield return new("Squeeze", "all ones", [("x", Random(1, 1, 3, 1))]);
        yield return new("Unsqueeze", "axes", [x, ("axes", Ints([-1, 0]))]);
        yield return new("Concat", "axis 1", [x, ("z", Random(2, 2, 1, 4)), ("u", Random(3, 2, 2, 4))], A.Of("axis", 1));
        yield return new("Concat", "last axis", [x, ("z", Random(2, 2, 3, 1))], A.Of("axis", -1));
        yield return new("Slice", "steps", [("x", Random(1, 5, 6)), ("starts", Ints([1, -1])), ("ends", Ints([100, -100])), ("axes", Ints([0, 1])), ("steps", Ints([2, -2]))]);
        yield return new("Slice", "first axes", [("x", Random(1, 5, 6)), ("starts", Ints([-3])), ("ends", Ints([-1]))]);
        yield return new("Slice", "empty", [("x", Random(1, 5, 6)), ("starts", Ints([3])), ("ends", Ints([2])), ("axes", Ints([-1]))]);
        yield return new("Split", "sizes", [("x", Random(1, 2, 6)), ("split", Ints([1, 2, 3]))], A.Of("axis", 1)) { Outputs = 3 };
        yield return new("Split", "uneven parts", [("x", Random(1, 7, 2))], A.Of("num_outputs", 3)) { Outputs = 3 };
        yield return new("Tile", "two axes", [("x", Random(1, 2, 3)), ("repeats", Ints([2, 3]))]);
        var image = ("x", Random(1, 1, 2, 4, 3));
        foreach (var mode in (string[])["constant", "reflect", "edge"])
            yield return new("Pad", mode, [image, ("pads", Ints([0, 0, 2, 1, 0, 0, 3, 2]))], A.Of("mode", mode));
        yield return new("Pad", "wrap", [image, ("pads", Ints([0, 0, 2, 1, 0, 0, 3, 2]))], A.Of("mode", "wrap")) { Opset = 19 };
        yield return new("Pad", "value, axes, cut", [image, ("pads", Ints([1, -1, 2, -1])), ("value", From([1.5])), ("axes", Ints([-1, 2]))]);
        foreach (var mode in (string[])["DCR", "CRD"])
            yield return new("DepthToSpace", mode, [("x", Random(1, 2, 8, 2, 3))], A.Of("blocksize", 2), A.Of("mode", mode));
        yield return new("SpaceToDepth", "block 2", [("x", Random(1, 2, 3, 4, 6))], A.Of("blocksize", 2));
        yield return new("Trilu", "upper", [("x", Random(1, 2, 3, 4))]);
        yield return new("Trilu", "lower, k 1", [("x", Random(1, 2, 3, 4)), ("k", Int(1))], A.Of("upper", 0));
        yield return new("Trilu", "upper, k -1", [("x", Random(1, 4, 3)), ("k", Int(-1))]);
    }
}
