using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles;

/// <summary>One node's evaluation: its attributes and the values of its inputs.</summary>
internal sealed class OpCall(Node node, Float64Tensor?[] inputs)
{
    public Node Node => node;

    public int Count => inputs.Length;

    /// <summary>How many outputs the node names; an omitted one in between counts.</summary>
    public int Outputs => node.Outputs.Count;

    public Float64Tensor this[int i] => Optional(i) ?? throw new ArgumentException($"{node} lacks input {i}");

    /// <summary>Every input that is there.</summary>
    public IEnumerable<Float64Tensor> All => inputs.OfType<Float64Tensor>();

    public Float64Tensor? Optional(int i) => i < inputs.Length ? inputs[i] : null;

    public long Int(string name, long fallback) => node.Int(name, fallback);

    public double Float(string name, float fallback) => node.Float(name, fallback);

    public string Text(string name, string fallback) => node.Text(name, fallback);

    public long[]? Ints(string name) => node.Ints(name);

    /// <summary>An attribute that names an axis of an input of this rank, counted from the front.</summary>
    public int Axis(string name, long fallback, int rank) => Grid.Axis(Int(name, fallback), rank);

    /// <summary>The elements of an integer input, or the attribute that held them in older forms; null when neither is there.</summary>
    public long[]? Longs(int input, string attribute = "axes") => Optional(input)?.Longs() ?? Ints(attribute);
}
