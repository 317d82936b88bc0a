using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients;

/// <summary>What a rule says of one input: the value that holds its gradient, or that none flows. Never defaulted: a rule writes one or the other.</summary>
public readonly record struct Gradient
{
    private Gradient(Value? value) => Value = value;

    /// <summary>No gradient flows to this input: it is an integer, a shape, or piecewise constant, or nobody asked for it.</summary>
    public static Gradient None => new(null);

    /// <summary>The gradient, shaped like the input; null for <see cref="None"/>.</summary>
    public Value? Value { get; }

    /// <summary>A gradient held by a value.</summary>
    public static implicit operator Gradient(Value value) => new(value);
}

/// <summary>The gradients of a node's inputs, in input order, from those of its outputs. A pure function: it only adds nodes.</summary>
/// <param name="g">The node, the gradients of its outputs, and what emits new nodes.</param>
public delegate Gradient[] GradientRule(NodeGradient g);

/// <summary>One operator's row in <see cref="GradientTable"/>.</summary>
/// <param name="Op">Operator of ONNX's own domain, in the form of opset 18 or newer.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Kinks">The convention where it has no derivative ("0 at 0"); null when it is smooth everywhere.</param>
/// <param name="Refuses">Says in words what form of a node the rule does not take, or null; asked before any work.</param>
/// <param name="Ends">True for a node that passes no gradient whatever its inputs, such as a Cast to integers: the way to the loss ends there. Null: never.</param>
public sealed record GradientRow(string Op, GradientRule Rule, string? Kinks = null, Func<Node, string?>? Refuses = null, Func<Node, bool>? Ends = null);
