using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Einsum: the gradient of one operand is the Einsum of the output's gradient with the other operands.</summary>
internal static class Contraction
{
    internal static Gradient[] Einsum(NodeGradient g)
    {
        var (terms, result) = Parsed(Equation(g.Node));
        return [.. terms.Select((_, i) => g.For(i, () => For(g, terms, result, i)))];
    }

    internal static string? Refuses(Node node)
    {
        var equation = Equation(node);
        if (equation.Contains('.')) return $"Einsum with an ellipsis, '{equation}'";
        var (terms, result) = Parsed(equation);
        if (terms.Length != node.Inputs.Count) return $"Einsum of {node.Inputs.Count} operands with the equation '{equation}'";
        return terms.Append(result).Any(t => t.Distinct().Count() != t.Length) ? $"Einsum with a diagonal, '{equation}'" : null;
    }

    // Letters that only this operand has were summed away: its gradient is the same along them. An axis of size 1 was broadcast.
    private static Value For(NodeGradient g, string[] terms, string result, int index)
    {
        var (e, own) = (g.Emit, terms[index]);
        var others = Enumerable.Range(0, terms.Length).Where(i => i != index).ToArray();
        var known = others.Select(i => terms[i]).Append(result).SelectMany(t => t).ToHashSet();
        var kept = string.Concat(own.Where(known.Contains));
        var equation = $"{string.Join(',', others.Select(i => terms[i]).Prepend(result))}->{kept}";
        var gradient = e.Add("Einsum", [g.Output, .. others.Select(g.In)], NodeAttribute.Of("equation", equation));
        var lost = Enumerable.Range(0, own.Length).Where(i => !known.Contains(own[i])).Select(i => (long)i).ToArray();
        if (lost.Length > 0) gradient = e.Add("Unsqueeze", [gradient, e.Ints(lost)]);
        gradient = e.SumTo(gradient, g.In(index));
        return lost.Length > 0 ? e.ExpandLike(gradient, g.In(index)) : gradient;
    }

    private static string Equation(Node node) => node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);

    // Without an arrow the result has the letters that occur once, in alphabetical order.
    private static (string[] Terms, string Result) Parsed(string equation)
    {
        var sides = equation.Split("->");
        var terms = sides[0].Split(',');
        if (sides.Length == 2) return (terms, sides[1]);
        return (terms, string.Concat(sides[0].Where(char.IsAsciiLetter).GroupBy(c => c).Where(c => c.Count() == 1).Select(c => c.Key).Order()));
    }
}
