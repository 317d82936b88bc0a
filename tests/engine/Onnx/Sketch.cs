using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Builds small models: each call adds a node or a weight and answers the value made. Weights are drawn from a fixed seed.</summary>
internal sealed class Sketch
{
    private readonly Random _random = new(7);
    private int _next;

    public Sketch(long opset = 17, long ir = 8, params Dim[] input)
    {
        Model = new Model(new Graph("sketch")) { IrVersion = ir, Source = "sketch.onnx" };
        Model.Opsets.Add(new("", opset));
        X = Graph.Value("x");
        X.Type = new TensorType(ElementType.Float, input.Length == 0 ? [new Dim(null, "batch"), 6] : input);
        Graph.AddInput(X);
    }

    public Model Model { get; }

    public Graph Graph => Model.Graph;

    public Value X { get; }

    public Value Weight(params long[] dims)
    {
        var values = new float[Tensor.CountOf(dims)];
        foreach (ref var v in values.AsSpan()) v = _random.NextSingle() * 2 - 1;
        return Constant(Tensor.FromFloats(dims, values));
    }

    public Value Constant(Tensor tensor)
    {
        var value = Graph.SetInitializer($"w{_next++}", tensor);
        if (Model.IrVersion > 3) return value;
        value.Type = new TensorType(tensor.Type, [.. tensor.Dims.ToArray().Select(d => (Dim)d)]);
        Graph.AddInput(value);
        return value;
    }

    public Value Scalar(float value) => Constant(Tensor.FromFloats([], [value]));

    public Value Integers(params long[] values) => Constant(Tensor.From<long>(ElementType.Int64, [values.Length], values));

    public Value Bytes(params byte[] values) => Constant(new Tensor(ElementType.UInt8, values.Length == 1 ? [] : [values.Length], values));

    public Value SignedBytes(long[] dims, int low = -100, int high = 100)
    {
        var values = new sbyte[Tensor.CountOf(dims)];
        foreach (ref var v in values.AsSpan()) v = (sbyte)_random.Next(low, high);
        return Constant(Tensor.From<sbyte>(ElementType.Int8, dims, values));
    }

    public Value Scales(int count, float low, float high)
    {
        var values = new float[count];
        foreach (ref var v in values.AsSpan()) v = low + _random.NextSingle() * (high - low);
        return Constant(Tensor.FromFloats(count == 1 ? [] : [count], values));
    }

    public Value Node(string opType, Value?[] inputs, params NodeAttribute[] attributes) => NodeOf("", opType, inputs, attributes);

    public Value NodeOf(string domain, string opType, Value?[] inputs, params NodeAttribute[] attributes)
    {
        if (domain.Length > 0 && Model.Opsets.TrueForAll(o => o.Key != domain)) Model.Opsets.Add(new(domain, 1));
        var output = Graph.Value($"{opType.ToLowerInvariant()}{_next++}");
        var node = Graph.AddNode(opType, inputs, [output], $"node_{output.Name}", domain);
        foreach (var attribute in attributes) node.Set(attribute);
        return output;
    }

    /// <summary>Lists the output and answers the model.</summary>
    public Model Ends(Value output, params Dim[] shape)
    {
        output.Type ??= new TensorType(ElementType.Float, shape.Length == 0 ? null : shape);
        Graph.AddOutput(output);
        return Model;
    }
}
