using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>What a shape rule sees of a node: types, shapes and contents of its inputs; and where it says what its outputs are.</summary>
internal sealed class NodeShapes(Node node, ShapeFacts facts)
{
    internal Node Node => node;

    internal SizeAlgebra Sizes => facts.Sizes;

    /// <summary>Element type of an input; Undefined when it is omitted or not known.</summary>
    internal ElementType Element(int input) => TypeOf(input)?.Element ?? ElementType.Undefined;

    /// <summary>Shape of an input; null when it is omitted or not known.</summary>
    internal IReadOnlyList<Dim>? Shape(int input) => TypeOf(input)?.Shape;

    /// <summary>Elements of a small integer input, row-major; null when not known.</summary>
    internal IReadOnlyList<Dim>? Contents(int input) => node.Input(input) is { } value ? facts.ContentsOf(value) : null;

    /// <summary>Elements of a small integer input, all of them fixed; null when not.</summary>
    internal long[]? Fixed(int input) =>
        Contents(input) is { } contents && contents.All(d => d.Size is not null) ? [.. contents.Select(d => d.Size!.Value)] : null;

    /// <summary>A list that older opsets give as attribute and newer ones as input; null when neither is there or known.</summary>
    internal long[]? List(string attribute, int input) => node.Ints(attribute) ?? Fixed(input);

    /// <summary>True when an optional list is given in a way that cannot be told before the run.</summary>
    internal bool IsHidden(string attribute, int input) => node.Ints(attribute) is null && node.Input(input) is not null && Fixed(input) is null;

    /// <summary>An axis counted from the end or the start as one from the start; null when the rank has no such axis.</summary>
    internal static int? Axis(long axis, int rank)
    {
        if (axis < 0) axis += rank;
        return axis >= 0 && axis < rank ? (int)axis : null;
    }

    /// <summary>Axes from the start; null when one does not exist.</summary>
    internal static HashSet<int>? Axes(IEnumerable<long> axes, int rank)
    {
        var found = new HashSet<int>();
        foreach (var axis in axes)
        {
            if (Axis(axis, rank) is not { } known) return null;
            found.Add(known);
        }

        return found;
    }

    /// <summary>Entry of an attribute list, or what stands for a list that is absent or too short.</summary>
    internal static long At(long[]? list, int index, long absent) => list is not null && index < list.Length ? list[index] : absent;

    /// <summary>The shape of inputs broadcast together; null when one is not known.</summary>
    internal IReadOnlyList<Dim>? Broadcast(params IEnumerable<int> inputs)
    {
        IReadOnlyList<Dim> shape = [];
        foreach (var input in inputs)
        {
            if (Shape(input) is not { } next) return null;
            shape = SizeAlgebra.Broadcast(shape, next);
        }

        return shape;
    }

    /// <summary>Sizes of which nothing but their number is known; null for an absurd number.</summary>
    internal Dim[]? Unknown(long? rank) => rank is null or < 0 or > 64 ? null : [.. Enumerable.Range(0, (int)rank).Select(_ => Sizes.Fresh())];

    /// <summary>Rank that a shape tensor asks for, though its contents are not known.</summary>
    internal long? LengthOf(int input) => Shape(input) is [{ Size: { } length }] ? length : null;

    /// <summary>Says what output <paramref name="output"/> is; what is not known is Undefined or null.</summary>
    internal void Gives(int output, ElementType element, IReadOnlyList<Dim>? shape)
    {
        if (node.Output(output) is { } value && (element != ElementType.Undefined || shape is not null)) facts.Propagated(value, new TensorType(element, shape));
    }

    /// <summary>Says what output 0, an integer or bool tensor of rank 0 or 1, holds.</summary>
    internal void Holds(IReadOnlyList<Dim>? contents, int output = 0)
    {
        if (contents is not { Count: <= ShapeFacts.LongestContents } || node.Output(output) is not { } value) return;
        if (facts.TypeOf(value) is { Shape.Count: <= 1 } type && ShapeFacts.CountsOrSizes(type.Element)) facts.SetContents(value, contents);
    }

    private TensorType? TypeOf(int input) => node.Input(input) is { } value ? facts.TypeOf(value) : null;
}
