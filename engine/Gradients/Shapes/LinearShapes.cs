using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Matrix products.</summary>
internal static class LinearShapes
{
    internal static void Gemm(NodeShapes n)
    {
        var rows = n.Shape(0) is { Count: 2 } a ? a[n.Node.Int("transA", 0) != 0 ? 1 : 0] : (Dim?)null;
        var columns = n.Shape(1) is { Count: 2 } b ? b[n.Node.Int("transB", 0) != 0 ? 0 : 1] : (Dim?)null;
        n.Gives(0, n.Element(0) != ElementType.Undefined ? n.Element(0) : n.Element(1), [rows ?? n.Sizes.Fresh(), columns ?? n.Sizes.Fresh()]);
    }

    internal static void MatMul(NodeShapes n) =>
        n.Gives(0, n.Element(0) != ElementType.Undefined ? n.Element(0) : n.Element(1), Product(n.Shape(0), n.Shape(1)));

    internal static void MatMulInteger(NodeShapes n) => n.Gives(0, ElementType.Int32, Product(n.Shape(0), n.Shape(1)));

    internal static void QLinearMatMul(NodeShapes n) => n.Gives(0, n.Element(7), Product(n.Shape(0), n.Shape(3)));

    /// <summary>Equations of letters only; "..." and repeated letters in the result are left to a probing run.</summary>
    internal static void Einsum(NodeShapes n)
    {
        var equation = n.Node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        n.Gives(0, n.Element(0), equation.Contains('.', StringComparison.Ordinal) ? null : OfEquation(n, equation));
    }

    private static IReadOnlyList<Dim>? OfEquation(NodeShapes n, string equation)
    {
        var sides = equation.Split("->");
        var terms = sides[0].Split(',');
        if (terms.Length != n.Node.Inputs.Count) return null;
        var sizes = new Dictionary<char, Dim>();
        for (var i = 0; i < terms.Length; i++)
        {
            if (n.Shape(i) is not { } shape || shape.Count != terms[i].Length) return null;
            for (var k = 0; k < shape.Count; k++)
                sizes[terms[i][k]] = sizes.TryGetValue(terms[i][k], out var seen) ? SizeAlgebra.Broadcast(seen, shape[k]) : shape[k];
        }

        var result = sides.Length == 2 ? sides[1]
            : string.Concat(sides[0].Replace(",", "", StringComparison.Ordinal).GroupBy(c => c).Where(g => g.Count() == 1).Select(g => g.Key).Order());
        return result.All(sizes.ContainsKey) ? [.. result.Select(c => sizes[c])] : null;
    }

    private static Dim[]? Product(IReadOnlyList<Dim>? a, IReadOnlyList<Dim>? b)
    {
        if (a is not { Count: > 0 } || b is not { Count: > 0 }) return null;
        IReadOnlyList<Dim> batch = SizeAlgebra.Broadcast([.. a.Take(a.Count - 2)], [.. b.Take(b.Count - 2)]);
        return [.. batch, .. a.Count > 1 ? [a[^2]] : Array.Empty<Dim>(), .. b.Count > 1 ? [b[^1]] : Array.Empty<Dim>()];
    }
}
