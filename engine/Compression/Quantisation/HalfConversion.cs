using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>
/// A graph that computes in float16 between Casts at its inputs and outputs, which stay float32. Nodes whose operator is not listed here, because float16 costs digits that matter
/// (softmax, statistics of batch normalisation, powers, sums) or because not every input may be float16, stay float32 between Casts of their own, as do excluded ones.
/// </summary>
internal sealed class HalfConversion
{
    /// <summary>Operators all of whose float inputs and outputs may be float16 and that round no worse than their inputs were.</summary>
    private static readonly HashSet<string> Halved = [.. (
        "Conv ConvTranspose Gemm MatMul Add Sub Mul Div Neg Abs Relu LeakyRelu PRelu Clip Sigmoid Tanh HardSigmoid HardSwish Elu Selu Gelu Erf Mish MaxPool AveragePool GlobalAveragePool "
        + "GlobalMaxPool ReduceMean ReduceMax Flatten Reshape Squeeze Unsqueeze Transpose Concat Split Slice Gather Identity Dropout Pad Expand Tile DepthToSpace SpaceToDepth Cast Shape Size")
        .Split(' ')];

    private readonly Graph _graph;
    private readonly ShapeFacts _facts;
    private readonly HalfRange _range;
    private readonly Dictionary<Value, Value> _half = [];
    private readonly Dictionary<Value, Value> _float = [];
    private readonly HashSet<Value> _narrow = [];
    private int _at;

    private HalfConversion(Graph graph, ShapeFacts facts, HalfRange range) => (_graph, _facts, _range) = (graph, facts, range);

    /// <summary>Changes the graph and says what became of the layers' weights; what stays float32 goes into the notes.</summary>
    /// <exception cref="AuditException">Usage: an exclusion that fits nothing. Invalid: subgraphs, numbers beyond float16's range, or no layer left to convert.</exception>
    public static IReadOnlyList<CodedLayer> Apply(Model model, WeightCodeRequest request, HalfRange range, List<string> notes)
    {
        var graph = model.Graph;
        if (graph.Nodes.FirstOrDefault(n => GraphRules.Subgraphs(n).Any()) is { } nested)
            throw new AuditException(AuditCode.Invalid, $"{model.Source}, {nested}", "a node with subgraphs", "a graph without branches and loops", "Store float16 weights alone: --code float16-weights.");
        var kept = graph.Nodes.Where(n => n.Domain is not ("" or "ai.onnx") || !Halved.Contains(n.OpType)).ToHashSet();
        foreach (var text in request.Exclude)
        {
            var pattern = new NamePattern(text);
            Node[] hit = [.. graph.Nodes.Where(n => QuantisableLayer.Fits(n, pattern) || n.Inputs.Any(i => i?.Initializer is not null && pattern.Matches(i.Name)))];
            if (hit.Length == 0) throw LayerChoice.NothingFits(text, [.. graph.Nodes.Select(QuantisableLayer.Of).OfType<QuantisableLayer>()]);
            kept.UnionWith(hit);
        }

        var facts = ShapeFacts.Of(graph);
        if (graph.Inputs.All(i => i.Initializer is not null || i.Type?.Shape?.Skip(1).All(d => d.Size is not null) == true)) ShapeProbe.Fill(facts, model, request.Runtime);
        var conversion = new HalfConversion(graph, facts, range);
        kept.UnionWith(graph.Nodes.Where(n => n.Inputs.Concat(n.Outputs).Any(v => v is not null && !conversion.IsKnown(v))));
        var layers = graph.Nodes.Where(n => !kept.Contains(n)).Select(QuantisableLayer.Of).OfType<QuantisableLayer>().ToArray();
        if (layers.Length == 0) throw LayerChoice.NothingLeft(model, graph.Nodes.Count(n => QuantisableLayer.Of(n) is not null));
        CodedLayer[] coded = [.. SharedWeight.Of(layers).Select(w => w.Report(range.Of(w.Source.Name, w.Weight).ToFloats(), 16))];
        range.Forget();
        var wide = kept.Where(n => n.Outputs.Any(v => v is not null && conversion.IsFloat(v)) && Constants.Resolve(n.Output(0)) is null).ToArray();
        if (wide.Length > 0)
            notes.Add(FormattableString.Invariant($"{wide.Length} nodes stay float32: {string.Join(", ", wide.GroupBy(n => n.OpType, StringComparer.Ordinal).Select(g => FormattableString.Invariant($"{g.Count()} {g.Key}")))}."));
        foreach (var node in graph.Nodes.ToArray()) conversion.Convert(node, kept.Contains(node));
        return coded;
    }

    private bool IsKnown(Value value) => value.Initializer is not null || _facts.TypeOf(value) is { Element: not ElementType.Undefined };

    private bool IsFloat(Value value) => (value.Initializer?.Type ?? _facts.TypeOf(value)?.Element) == ElementType.Float;

    private void Convert(Node node, bool kept)
    {
        if (!kept && Constants.Resolve(node.Output(0)) is not null) return; // converted where it is read
        _at = 0;
        while (_graph.Nodes[_at] != node) _at++;
        for (var i = 0; i < node.Inputs.Count; i++)
        {
            if (node.Inputs[i] is not { } input) continue;
            if (kept && _narrow.Contains(input)) node.SetInput(i, Wide(input));
            else if (!kept && !_narrow.Contains(input) && IsFloat(input)) node.SetInput(i, Narrow(input));
        }

        if (kept) return;
        if (node.Is("Cast") && node.Int("to", 0) == (long)ElementType.Float) node.Set(NodeAttribute.Of("to", (long)ElementType.Float16));
        for (var i = 0; i < node.Outputs.Count; i++)
            if (node.Outputs[i] is { } output && IsFloat(output)) Output(node, i, output);
    }

    // A value keeps its name and becomes float16; an output of the graph stays what it was, behind a Cast.
    private void Output(Node node, int index, Value output)
    {
        if (!output.IsOutput)
        {
            output.Type = new TensorType(ElementType.Float16, output.Type?.Shape);
            _narrow.Add(output);
            return;
        }

        var half = New(output, "float16", ElementType.Float16);
        node.SetOutput(index, half);
        _narrow.Add(half);
        _half[output] = half;
        _at++;
        Cast(half, output, ElementType.Float);
    }

    private Value Narrow(Value value)
    {
        if (_half.TryGetValue(value, out var known)) return known;
        if (Constants.Resolve(value) is { Type: ElementType.Float } constant)
        {
            var alone = value is { Initializer: not null, IsOutput: false } && value.Uses.Count == 1;
            if (alone)
            {
                // Its only reader: the initializer itself changes, under its name.
                _graph.RemoveInput(value);
                value.Type = null;
            }

            var stored = _graph.SetInitializer(alone ? value.Name : _graph.NewValue($"{value.Name}_float16").Name, _range.Of(value.Name, constant));
            _narrow.Add(stored);
            return _half[value] = stored;
        }

        var half = New(value, "float16", ElementType.Float16);
        Cast(value, half, ElementType.Float16);
        _narrow.Add(half);
        return _half[value] = half;
    }

    private Value Wide(Value value)
    {
        if (_float.TryGetValue(value, out var known)) return known;
        var wide = New(value, "float32", ElementType.Float);
        Cast(value, wide, ElementType.Float);
        return _float[value] = wide;
    }

    private Value New(Value value, string suffix, ElementType type)
    {
        var made = _graph.NewValue($"{value.Name}_{suffix}");
        made.Type = new TensorType(type, value.Type?.Shape);
        return made;
    }

    private void Cast(Value from, Value to, ElementType type) =>
        _graph.AddNode("Cast", [from], [to], $"{to.Name}_cast", at: _at++).Set(NodeAttribute.Of("to", (long)type));
}
