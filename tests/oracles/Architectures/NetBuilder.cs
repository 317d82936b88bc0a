using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>
/// Builds a network node by node: weights named as PyTorch's state dictionaries name them ("layer1.0.conv1.weight"), input "input"
/// [batch,C,H,W], output "logits" [batch,classes], the batch a free symbol.
/// </summary>
internal sealed class NetBuilder
{
    private readonly Dictionary<string, Value> _constants = new(StringComparer.Ordinal);

    public NetBuilder(string name, NetSize size, int channels = 3)
    {
        Size = size;
        Model = new Model(new Graph(name)) { Source = name, ProducerName = "generated" };
        Model.Opsets.Add(new("", size.Opset));
        var input = Graph.Value("input");
        input.Type = new TensorType(ElementType.Float, [new Dim(null, "batch"), channels, size.Side, size.Side]);
        Graph.AddInput(input);
        Input = new FeatureMap(this, input, channels, size.Side, 1);
    }

    /// <summary>The image, pixels taken as normalised: second moment 1.</summary>
    public FeatureMap Input { get; }

    public NetSize Size { get; }

    public Model Model { get; }

    public long Opset => Size.Opset;

    private Graph Graph => Model.Graph;

    /// <summary>A normally distributed weight.</summary>
    public Value Normal(string name, double deviation, params long[] dims) => Graph.SetInitializer(name, NetWeights.Normal(Size.Seed, name, dims, deviation));

    /// <summary>A weight uniform in [low, high).</summary>
    public Value Uniform(string name, double low, double high, params long[] dims) =>
        Graph.SetInitializer(name, NetWeights.Uniform(Size.Seed, name, dims, low, high));

    /// <summary>A scalar constant, one for each number.</summary>
    public Value Scalar(float value) =>
        Constant(FormattableString.Invariant($"scalar {value:R}"), () => Tensor.FromFloats([], [value]));

    /// <summary>A list of integers, one for each content.</summary>
    public Value Integers(params long[] values) =>
        Constant($"integers {string.Join(' ', values)}", () => Tensor.From<long>(ElementType.Int64, [values.Length], values));

    /// <summary>An integer of rank 0.</summary>
    public Value Integer(long value) =>
        Constant(FormattableString.Invariant($"integer {value}"), () => Tensor.From<long>(ElementType.Int64, [], [value]));

    /// <summary>Adds a node of one output and answers it.</summary>
    public Value Node(string op, Value?[] inputs, params NodeAttribute[] attributes) => Nodes(op, inputs, 1, attributes)[0];

    /// <summary>Adds a node of several outputs and answers them.</summary>
    public Value[] Nodes(string op, Value?[] inputs, int outputs, params NodeAttribute[] attributes)
    {
        var name = FormattableString.Invariant($"{op}_{Graph.Nodes.Count}");
        var made = Enumerable.Range(0, outputs).Select(i => Graph.NewValue(i == 0 ? name : FormattableString.Invariant($"{name}_{i}"))).ToArray();
        var node = Graph.AddNode(op, inputs, made, name);
        foreach (var attribute in attributes) node.Set(attribute);
        return made;
    }

    /// <summary>Reduces over axes, which became an input at operator set 18.</summary>
    public Value Mean(Value x, bool keep, params long[] axes) => Opset >= 18
        ? Node("ReduceMean", [x, Integers(axes)], NodeAttribute.Of("keepdims", keep ? 1L : 0L))
        : Node("ReduceMean", [x], NodeAttribute.Of("axes", axes), NodeAttribute.Of("keepdims", keep ? 1L : 0L));

    /// <summary>Normalises the last axis, of <paramref name="count"/> elements; written out in parts where the operator set has no LayerNormalization.</summary>
    public Value LayerNorm(string name, Value x, int count)
    {
        var scale = Uniform($"{name}.weight", 0.7, 1.3, count);
        var shift = Normal($"{name}.bias", 0.1, count);
        if (Opset >= 17) return Node("LayerNormalization", [x, scale, shift], NodeAttribute.Of("axis", -1L), NodeAttribute.Of("epsilon", 1e-6f));
        var centred = Node("Sub", [x, Mean(x, true, -1)]);
        var variance = Mean(Node("Pow", [centred, Scalar(2)]), true, -1);
        var normal = Node("Div", [centred, Node("Sqrt", [Node("Add", [variance, Scalar(1e-6f)])])]);
        return Node("Add", [Node("Mul", [normal, scale]), shift]);
    }

    /// <summary>x·Wᵀ + b over the last axis of a batch of tokens, as exporters write a linear layer there: MatMul and Add.</summary>
    public Value Linear(string name, Value x, int from, int to, double gain = 2) => Node("Add",
        [Node("MatMul", [x, Normal($"{name}.weight", Math.Sqrt(gain / from), from, to)]), Normal($"{name}.bias", 0.02, to)]);

    /// <summary>Ends the network in a linear classifier over features [batch,<paramref name="count"/>].</summary>
    public Model Classify(string name, Value features, int count) => End(Node("Gemm",
        [features, Normal($"{name}.weight", Math.Sqrt(2.0 / count), Size.Classes, count), Normal($"{name}.bias", 0.1, Size.Classes)],
        NodeAttribute.Of("transB", 1L)));

    /// <summary>Ends the network in its scores.</summary>
    public Model End(Value scores)
    {
        Graph.Rename(scores, "logits");
        scores.Type = new TensorType(ElementType.Float, [new Dim(null, "batch"), Size.Classes]);
        Graph.AddOutput(scores);
        return Model;
    }

    private Value Constant(string content, Func<Tensor> tensor)
    {
        if (!_constants.TryGetValue(content, out var value))
            _constants[content] = value = Graph.SetInitializer(FormattableString.Invariant($"constant_{_constants.Count}"), tensor());
        return value;
    }
}
