using static OnnxAudit.Tests.Oracles.Float64Tensor;
using A = OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Oracles;

internal static partial class EvaluatorCases
{
    private static IEnumerable<EvaluatorCase> Indexing()
    {
        var x = ("x", Random(1, 3, 4, 2));
        yield return new("Gather", "axis 0, negative", [x, ("i", Ints([2, -1, 0, 2], 2, 2))]);
        yield return new("Gather", "axis 1, scalar", [x, ("i", Int(-2))], A.Of("axis", 1));
        yield return new("GatherElements", "axis 1", [x, ("i", Ints([0, 3, -1, 2, 1, 1], 3, 1, 2))], A.Of("axis", 1));
        yield return new("GatherND", "rows", [x, ("i", Ints([0, 1, 2, -1], 2, 2))]);
        yield return new("GatherND", "batch", [x, ("i", Ints([3, 0, 1], 3, 1))], A.Of("batch_dims", 1));
        foreach (var reduction in (string[])["none", "add", "mul", "max", "min"])
        {
            var repeated = reduction == "none" ? Ints([0, 3, -2, 2, 1, 1], 3, 1, 2) : Ints([0, 3, -1, 0, 1, 1], 1, 3, 2);
            yield return new("ScatterElements", reduction, [x, ("i", repeated), ("u", Random(2, repeated.Dims))], A.Of("axis", 1), A.Of("reduction", reduction));
            yield return new("ScatterND", reduction, [x, ("i", reduction == "none" ? Ints([0, 1, 2, -1], 2, 2) : Ints([0, 1, 0, 1], 2, 2)), ("u", Random(2, 2, 2))], A.Of("reduction", reduction));
        }

        foreach (var (exclusive, reverse) in ((long, long)[])[(0, 0), (1, 0), (0, 1), (1, 1)])
            yield return new("CumSum", FormattableString.Invariant($"exclusive {exclusive}, reverse {reverse}"), [x, ("axis", Int(1))],
                A.Of("exclusive", exclusive), A.Of("reverse", reverse));
        yield return new("TopK", "largest", [("x", Random(1, 2, 5)), ("k", Ints([3]))]) { Outputs = 2 };
        yield return new("TopK", "smallest, axis 0, ties", [("x", From([1, 2, 1, 0, 2, 2], 3, 2)), ("k", Ints([2]))], A.Of("axis", 0), A.Of("largest", 0)) { Outputs = 2 };
        yield return new("NonZero", "matrix", [("x", From([0, 1, 2, 0, 0, -3], 2, 3))]);
    }
}
