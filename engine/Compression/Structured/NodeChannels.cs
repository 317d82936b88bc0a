using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression.Structured;

/// <summary>What a rule sees of a node, and where it says how channels go through it.</summary>
internal sealed class NodeChannels(ChannelWalk walk, Node node, ShapeFacts facts)
{
    /// <summary>The node.</summary>
    public Node Node => node;

    /// <summary>Identities and ties.</summary>
    public ChannelIds Ids => walk.Ids;

    /// <summary>Version of ONNX's operator set.</summary>
    public long Opset => walk.Opset;

    /// <summary>The channels of an input; null when it has none that are followed.</summary>
    public ChannelMap? Map(int input) => node.Input(input) is { } value ? walk.MapOf(value) : null;

    /// <summary>The channels that an output was given.</summary>
    public ChannelMap Made(int output) => walk.Maps[node.Outputs[output]!];

    /// <summary>The shape of an input; null when it is not known.</summary>
    public IReadOnlyList<Dim>? Shape(int input) => node.Input(input) is { } value ? facts.TypeOf(value)?.Shape : null;

    /// <summary>The shape of any value; null when it is not known.</summary>
    public IReadOnlyList<Dim>? ShapeOf(Value? value) => value is null ? null : facts.TypeOf(value)?.Shape;

    /// <summary>A constant input; null when it is omitted, computed, or of elements that are no whole bytes.</summary>
    public Tensor? Constant(int input) => node.Input(input) is { } value && Constants.Resolve(value) is { } tensor && tensor.Type.Bits() is > 0 and var bits && bits % 8 == 0 ? tensor : null;

    /// <summary>Integers that older operator sets give as an attribute and newer ones as a constant input; null when neither is there or known.</summary>
    public long[]? Numbers(string attribute, int input) => node.Ints(attribute) ?? Constant(input) switch
    {
        { Type: ElementType.Int64 } tensor => tensor.Span<long>().ToArray(),
        { Type: ElementType.Int32 } tensor => [.. tensor.Span<int>().ToArray().Select(n => (long)n)],
        _ => null,
    };

    /// <summary>Whether an output past the first is there and read.</summary>
    public bool HasSecondOutput => node.Outputs.Skip(1).Any(o => o is not null && (o.Uses.Count > 0 || o.IsOutput));

    /// <summary>Says which channels an output has.</summary>
    public void Gives(int output, int axis, int[] ids)
    {
        if (node.Output(output) is { } value) walk.Set(value, new ChannelMap(axis, ids));
    }

    /// <summary>Says which channels a value behind the node has.</summary>
    public void GivesTo(Value value, int axis, int[] ids) => walk.Set(value, new ChannelMap(axis, ids));

    /// <summary>Says that a constant input has a slice per channel.</summary>
    public void Slices(int input, int axis, int[] ids, SliceRole role) => walk.Slices.Add(new WeightSlice(node, input, axis, ids, role));

    /// <summary>Says that the node's weights make channels.</summary>
    public void Filters(Tensor weight, int axis, int[] ids) => walk.Layers.Add(new LayerFilters(node, weight, axis, ids));

    /// <summary>Says that a scale has an entry per channel.</summary>
    public void Scales(Tensor scale, int[] ids) => walk.Scales.Add((scale, ids));

    /// <summary>Says what else must change when channels go.</summary>
    public void Changes(ChannelEdit edit) => walk.Edits.Add(edit);

    /// <summary>Says that nodes behind this one were followed with it.</summary>
    public void Passes(params IEnumerable<Node> nodes) => walk.Pass(nodes);

    /// <summary>Whether a value is read by one node of this graph alone and listed nowhere.</summary>
    public static bool IsBetween(Value value) => value is { IsOutput: false, Uses.Count: 1 } && value.Uses[0].Node.Graph == value.Graph;
}
