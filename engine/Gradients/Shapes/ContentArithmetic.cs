using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Arithmetic on the contents of small integer tensors, of rank 0 or 1: what exporters compute shapes with.</summary>
internal static class ContentArithmetic
{
    /// <summary>A binary operator's shape, and its contents by <paramref name="combine"/>, which answers null where an element cannot be told.</summary>
    internal static void Binary(NodeShapes n, Func<SizeAlgebra, Dim, Dim, Dim?> combine)
    {
        ElementwiseShapes.Broadcast(n);
        n.Holds(Zip(n.Contents(0), n.Contents(1), (a, b) => combine(n.Sizes, a, b)));
    }

    internal static void Add(NodeShapes n) => Binary(n, static (s, a, b) => s.Add(a, b));

    internal static void Sub(NodeShapes n) => Binary(n, static (s, a, b) => s.Subtract(a, b));

    internal static void Mul(NodeShapes n) => Binary(n, static (s, a, b) => s.Product(a, b));

    internal static void Div(NodeShapes n) => Binary(n, static (s, a, b) => s.Divide(a, b));

    internal static void Mod(NodeShapes n) => Binary(n, static (_, a, b) => a.Size is { } x && b.Size is { } y and > 0 ? ((x % y) + y) % y : null);

    internal static void Min(NodeShapes n) => Extreme(n, Math.Min);

    internal static void Max(NodeShapes n) => Extreme(n, Math.Max);

    internal static void Neg(NodeShapes n)
    {
        ElementwiseShapes.Same(n);
        n.Holds(n.Contents(0) is { } a ? [.. a.Select(d => n.Sizes.Subtract(0, d))] : null);
    }

    /// <summary>A symbol is neither negative nor 1, and equals itself.</summary>
    internal static void Equal(NodeShapes n)
    {
        ElementwiseShapes.BroadcastBool(n);
        n.Holds(Zip(n.Contents(0), n.Contents(1), static (a, b) =>
            a == b ? 1 : a.Size is not null && b.Size is not null || (a.Size ?? b.Size) is < 0 or 1 ? 0 : null));
    }

    internal static void Not(NodeShapes n)
    {
        ElementwiseShapes.SameBool(n);
        n.Holds(n.Contents(0) is { } a && a.All(d => d.Size is not null) ? [.. a.Select(d => (Dim)(1 - d.Size!.Value))] : null);
    }

    internal static IReadOnlyList<Dim>? Where(IReadOnlyList<Dim>? condition, IReadOnlyList<Dim>? a, IReadOnlyList<Dim>? b)
    {
        if (condition is null || a is null || b is null) return null;
        var length = Math.Max(condition.Count, Math.Max(a.Count, b.Count));
        if (!Fits(condition, length) || !Fits(a, length) || !Fits(b, length)) return null;
        var found = new Dim[length];
        for (var i = 0; i < length; i++)
        {
            if (At(condition, i).Size is not { } held) return null;
            found[i] = held != 0 ? At(a, i) : At(b, i);
        }

        return found;
    }

    private static void Extreme(NodeShapes n, Func<long, long, long> choose)
    {
        ElementwiseShapes.Broadcast(n);
        var found = n.Contents(0);
        for (var i = 1; i < n.Node.Inputs.Count; i++)
            found = Zip(found, n.Contents(i), (a, b) => a == b ? a : a.Size is { } x && b.Size is { } y ? choose(x, y) : null);
        n.Holds(found);
    }

    private static Dim[]? Zip(IReadOnlyList<Dim>? a, IReadOnlyList<Dim>? b, Func<Dim, Dim, Dim?> combine)
    {
        if (a is null || b is null) return null;
        var length = a.Count == 0 || b.Count == 0 ? 0 : Math.Max(a.Count, b.Count);
        if (!Fits(a, length) || !Fits(b, length)) return null;
        var found = new Dim[length];
        for (var i = 0; i < length; i++)
        {
            if (combine(At(a, i), At(b, i)) is not { } dim) return null;
            found[i] = dim;
        }

        return found;
    }

    private static bool Fits(IReadOnlyList<Dim> list, int length) => list.Count == 1 || list.Count == length;

    private static Dim At(IReadOnlyList<Dim> list, int i) => list.Count == 1 ? list[0] : list[i];
}
