using OnnxAudit.Graphs;

namespace OnnxAudit.Compression;

/// <summary>A weight that masks may touch.</summary>
/// <param name="Name">Initializer name.</param>
/// <param name="Tensor">Its value.</param>
/// <param name="OpType">Operator of the first node that computes with it.</param>
/// <param name="NodeName">Name of that node, possibly empty.</param>
/// <param name="InputAxis">The axis along which its input channels lie; null where that is not known.</param>
public sealed record PrunableTensor(string Name, Tensor Tensor, string OpType, string NodeName, int? InputAxis = null);

/// <summary>Which initializers count as prunable weights.</summary>
public static class Prunable
{
    private const int Listed = 40;

    /// <summary>
    /// The prunable weights in forward (node) order, an initializer shared by several nodes once.
    /// By convention: float32, float16, bfloat16 and float64 weights of Conv, ConvTranspose, Gemm and MatMul, also seen through Identity,
    /// casts, layout changes and quantise/dequantise pairs; not biases, not batch normalisation, not embeddings, not constants inside subgraphs.
    /// </summary>
    /// <param name="model">The model; not changed.</param>
    /// <param name="include">Patterns (<c>*</c>, <c>?</c>) on operator type, initializer name or node name; only what fits one of them is taken.
    /// A pattern without wildcards that is exactly an initializer's name widens the convention to that initializer (a bias, say). Null or empty: everything.</param>
    /// <param name="exclude">Patterns of what is left out again.</param>
    /// <exception cref="AuditException">Usage: a pattern fits nothing; the message lists what is prunable.</exception>
    public static IReadOnlyList<PrunableTensor> Find(Model model, IReadOnlyList<string>? include = null, IReadOnlyList<string>? exclude = null)
    {
        var candidates = Candidates(model.Graph, include ?? []);
        var chosen = candidates.Where(c => c.Conventional).ToList();
        if (include is { Count: > 0 }) chosen = Matching(candidates, include, "include");
        if (exclude is { Count: > 0 })
        {
            var out_ = Matching(candidates, exclude, "exclude").ToHashSet();
            chosen.RemoveAll(out_.Contains);
        }

        return chosen.ConvertAll(c => c.Weight);
    }

    /// <summary>True for the element types a mask can be scored and applied on.</summary>
    public static bool IsFloating(ElementType type) =>
        type is ElementType.Float or ElementType.Float16 or ElementType.BFloat16 or ElementType.Double;

    private static List<Candidate> Matching(List<Candidate> candidates, IReadOnlyList<string> patterns, string what)
    {
        var hit = new HashSet<Candidate>();
        foreach (var text in patterns)
        {
            var pattern = new NamePattern(text);
            var fits = candidates.Where(c => c.Fits(pattern)).ToList();
            if (fits.Count == 0) throw NothingFits(candidates, text, what);
            hit.UnionWith(fits);
        }

        return candidates.Where(hit.Contains).ToList();
    }

    private static AuditException NothingFits(List<Candidate> candidates, string pattern, string what)
    {
        var names = candidates.Where(c => c.Conventional).Select(c => c.ToString()).ToList();
        var list = names.Count == 0 ? "nothing in this model" : string.Join(", ", names.Take(Listed));
        if (names.Count > Listed) list += FormattableString.Invariant($" and {names.Count - Listed} more");
        return new AuditException(AuditCode.Usage, $"{what} pattern '{pattern}'", "no weight of that operator, node or initializer name",
            "a pattern that fits something", $"Prunable are: {list}.");
    }

    private static List<Candidate> Candidates(Graph graph, IReadOnlyList<string> include)
    {
        var named = new HashSet<string>(include);
        var found = new Dictionary<Value, Candidate>();
        var order = new List<Candidate>();
        foreach (var node in Forward(graph))
            for (var i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] is not { } input || WeightBehind(input, graph) is not { } weight) continue;
                var conventional = IsWeightInput(node, i);
                if (!conventional && (weight != input || !named.Contains(weight.Name))) continue;
                if (found.TryGetValue(weight, out var known))
                {
                    if (!conventional || known.Conventional) continue;
                    order.Remove(known);
                }

                var candidate = new Candidate(new PrunableTensor(weight.Name, weight.Initializer!, node.OpType, node.Name, InputAxis.Of(node, i, weight)), conventional);
                found[weight] = candidate;
                order.Add(candidate);
            }

        return order;
    }

    private static IEnumerable<Node> Forward(Graph graph)
    {
        foreach (var node in graph.Nodes)
        {
            foreach (var attribute in node.Attributes)
            {
                Graph[] bodies = attribute.Value switch { Graph one => [one], Graph[] many => many, _ => [] };
                foreach (var inner in bodies.SelectMany(Forward)) yield return inner;
            }

            yield return node;
        }
    }

    private static bool IsWeightInput(Node node, int index) =>
        index == 1 && (node.Is("Conv") || node.Is("ConvTranspose")) || index < 2 && (node.Is("Gemm") || node.Is("MatMul"));

    /// <summary>The floating initializer of the main graph that a value is, up to element-wise and layout changes that keep a zero a zero.</summary>
    private static Value? WeightBehind(Value value, Graph main)
    {
        while (value.Initializer is null && value.Producer is { } maker && KeepsZeros(maker) && maker.Input(0) is { } before) value = before;
        return value.Graph == main && value.Initializer is { Count: > 0 } tensor && IsFloating(tensor.Type) ? value : null;
    }

    private static bool KeepsZeros(Node node) =>
        node.Is("Identity") || node.Is("Cast") || node.Is("Transpose") || node.Is("Reshape") || node.Is("Squeeze") || node.Is("Unsqueeze")
        || node.Is("Flatten") || node.Is("QuantizeLinear") || node.Is("DequantizeLinear");

    private sealed record Candidate(PrunableTensor Weight, bool Conventional)
    {
        public bool Fits(NamePattern pattern) => Conventional
            ? pattern.Matches(Weight.OpType) || pattern.Matches(Weight.Name) || (Weight.NodeName.Length > 0 && pattern.Matches(Weight.NodeName))
            : pattern.IsExact && pattern.Matches(Weight.Name);

        public override string ToString() => Weight.NodeName.Length == 0 ? $"{Weight.Name} ({Weight.OpType})" : $"{Weight.Name} ({Weight.OpType} '{Weight.NodeName}')";
    }
}
