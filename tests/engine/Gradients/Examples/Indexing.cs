using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Graphs.NodeAttribute;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Indexing()
    {
        foreach (var (what, axis, indices, dims) in ((string, long, long[], long[])[])
            [
                ("all rows in another order", 0, [2, 0, 1], [3]),
                ("two of four", 1, [3, 0], [2]),
                ("one, its axis gone", 1, [1], []),
                ("the last, its axis gone", -1, [-1], []),
                ("a matrix of places", 2, [4, 1, 0, 2], [2, 2]),
                ("rows twice", 0, [1, 1, -1, 0], [4]),
                ("a matrix of places, some twice", 1, [2, 2, -2, 0], [2, 2]),
                ("one place twice", 2, [0, 0], [2, 1]),
            ])
            yield return new("Gather", what, [("x", Random(1, 3, 4, 5)), ("indices", new Float64Tensor(ElementType.Int64, dims, [.. indices.Select(i => (double)i)]))], Of("axis", axis))
            {
                Smooth = true,
                Batch = axis == 0 ? [] : ["x"],
            };
        yield return new("GatherElements", "rows, some twice", [("x", Random(1, 3, 3)), ("indices", Ints([0, 2, 2, -1, 1, 0], 2, 3))], Of("axis", 0L)) { Smooth = true };
        yield return new("GatherElements", "columns", [("x", Random(1, 2, 4)), ("indices", Ints([0, 2, 2, -1, 1, 0], 2, 3))], Of("axis", -1L)) { Smooth = true };
        yield return new("GatherND", "elements, some twice", [("x", Random(1, 2, 3)), ("indices", Ints([0, 1, 1, 2, 0, 1], 3, 2))]) { Smooth = true };
        yield return new("GatherND", "rows", [("x", Random(1, 2, 3, 2)), ("indices", Ints([1, 1, 0], 3, 1))]);
        yield return new("GatherND", "one batch axis", [("x", Random(1, 2, 3, 2)), ("indices", Ints([2, 0], 2, 1))], Of("batch_dims", 1L)) { Smooth = true };
        yield return new("GatherND", "two batch axes", [("x", Random(1, 2, 2, 3)), ("indices", Ints([2, 2, 0, -1], 2, 2, 1))], Of("batch_dims", 2L));
        foreach (var reduction in (string[])["none", "add"])
        {
            yield return new("ScatterElements", $"rows, {reduction}", [("x", Random(1, 3, 3)), ("indices", Ints([1, 0, 2, 0, -1, 1], 2, 3)), ("updates", Random(2, 2, 3))],
                Of("axis", 0L), Of("reduction", reduction))
            { Smooth = true };
            yield return new("ScatterElements", $"columns, {reduction}", [("x", Random(1, 2, 4)), ("indices", Ints([1, 0, 3, 0, -1, 1], 2, 3)), ("updates", Random(2, 2, 3))],
                Of("axis", 1L), Of("reduction", reduction));
            yield return new("ScatterND", $"elements, {reduction}", [("x", Random(1, 3, 4)), ("indices", Ints([0, 1, 2, 3], 2, 2)), ("updates", Random(2, 2))], Of("reduction", reduction)) { Smooth = true };
            yield return new("ScatterND", $"rows, {reduction}", [("x", Random(1, 3, 4)), ("indices", Ints([2, -3], 2, 1)), ("updates", Random(2, 2, 4))], Of("reduction", reduction));
        }

        yield return new("ScatterElements", "adds to one place twice", [("x", Random(1, 4)), ("indices", Ints([1, 1, 3])), ("updates", From([0.5, -2, 1]))], Of("reduction", "add"));
        yield return new("ScatterND", "adds to one place twice", [("x", Random(1, 4)), ("indices", Ints([1, 1, 3], 3, 1)), ("updates", From([0.5, -2, 1]))], Of("reduction", "add"));
    }
}
