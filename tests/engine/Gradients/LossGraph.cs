using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients;

/// <summary>
/// A model with a scalar loss added to it, Σ over its float outputs of Σ c·y with fixed pseudo-random c (or one given c), and gradients of that loss added by
/// <see cref="ReverseMode"/>. A gradient that does not exist is null and counts as zero.
/// </summary>
internal sealed class LossGraph
{
    private readonly Graph _graph;
    private readonly Emitter? _emit;
    private readonly double? _coefficient;
    private int _constants;

    public LossGraph(Model model, IReadOnlyDictionary<string, Float64Tensor> feeds, string[]? with = null, double? coefficient = null)
    {
        (_graph, Feeds, _coefficient) = (model.Graph, feeds, coefficient);
        With = [.. (with ?? [.. _graph.Inputs.Select(i => i.Name)]).Select(n => _graph.Find(n) ?? throw new ArgumentException($"no value '{n}'"))];
        Loss = WeightedSum([.. _graph.Outputs.Where(o => o.Type is { Element: ElementType.Float or ElementType.Double or ElementType.Float16 })], 1);
        _emit = new Emitter(_graph, ShapeFacts.Of(_graph), model.Source);
        Model = model;
    }

    public Model Model { get; }

    public IReadOnlyDictionary<string, Float64Tensor> Feeds { get; }

    public IReadOnlyList<Value> With { get; }

    public Value Loss { get; private set; }

    /// <summary>Operators of the nodes that differentiation added.</summary>
    public HashSet<string> Emitted { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds the gradients of <see cref="Loss"/>, in the order of <see cref="With"/>.</summary>
    public Value?[] Differentiate()
    {
        var first = _graph.Nodes.Count;
        var gradients = ReverseMode.Differentiate(_emit!, Loss, With);
        foreach (var node in _graph.Nodes.Skip(first)) Emitted.Add(node.OpType);
        return gradients;
    }

    /// <summary>Makes Σ d·gradient the loss, so that differentiating again gives second derivatives. False when every gradient is zero.</summary>
    public bool Deepen(Value?[] gradients)
    {
        var made = gradients.OfType<Value>().Distinct().ToArray();
        if (made.Length == 0) return false;
        var first = _graph.Nodes.Count;
        Loss = WeightedSum(made, 2);
        foreach (var node in _graph.Nodes.Skip(first)) _emit!.Shapes.Set(node.Outputs[0]!, node.Outputs[0]!.Type!);
        return true;
    }

    /// <summary>The loss at some inputs.</summary>
    public double LossAt(IReadOnlyDictionary<string, Float64Tensor> feeds) => Float64Evaluator.Run(_graph, feeds, Loss.Name)[Loss.Name].Values[0];

    private Value WeightedSum(Value[] values, int seed)
    {
        var contents = Float64Evaluator.Run(_graph, Feeds, [.. values.Select(v => v.Name)]);
        var scalar = new TensorType(ElementType.Float, []);
        Value? total = null;
        for (var i = 0; i < values.Length; i++)
        {
            var content = contents[values[i].Name];
            var factor = _graph.SetInitializer(_graph.NewValue($"loss/c{_constants++}").Name, Coefficients(seed * 1000 + i, content).ToTensor());
            _emit?.Shapes.Set(factor, new TensorType(content.Type, [.. content.Dims.Select(d => (Dim)d)]));
            var product = Typed("Mul", [values[i], factor], values[i].Type ?? new TensorType(content.Type, [.. content.Dims.Select(d => (Dim)d)]));
            var sum = Typed("ReduceSum", [product], scalar with { Element = content.Type });
            sum.Producer!.Set(NodeAttribute.Of("keepdims", 0L));
            if (total is { Type.Element: var element } && element != content.Type)
            {
                sum = Typed("Cast", [sum], scalar with { Element = element });
                sum.Producer!.Set(NodeAttribute.Of("to", (long)element));
            }

            total = total is null ? sum : Typed("Add", [total, sum], sum.Type!);
        }

        return total ?? throw new ArgumentException("no float outputs");
    }

    private Value Typed(string op, Value[] inputs, TensorType type)
    {
        var made = _graph.NewValue($"loss/{op}");
        made.Type = type;
        _graph.AddNode(op, inputs, [made], made.Name);
        return made;
    }

    // Multiples of 1/64, which float16 and wider types hold exactly, none of them 0.
    private Float64Tensor Coefficients(int seed, Float64Tensor like)
    {
        var random = new Random(seed);
        return like.With([.. like.Values.Select(_ => (random.Next(64) + 1) / 64.0 * (random.Next(2) * 2 - 1)).Select(c => _coefficient ?? c)]);
    }
}
