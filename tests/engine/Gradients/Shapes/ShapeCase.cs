using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Gradients.Shapes;

/// <summary>A node to be run: inputs are sizes of a float graph input (long[]), a constant (Tensor), or omitted (null).</summary>
internal sealed record ShapeCase(string Op, object?[] Inputs, NodeAttribute[] Attributes, int Outputs = 1, long Opset = 18)
{
    public static Tensor Ints(params long[] values) => Tensor.From<long>(ElementType.Int64, [values.Length], values);

    public static Tensor Ints32(params int[] values) => Tensor.From<int>(ElementType.Int32, [values.Length], values);

    public static Tensor Int(long value) => Tensor.From<long>(ElementType.Int64, [], [value]);

    public static Tensor Floats(params float[] values) => Tensor.FromFloats([values.Length], values);

    public static Tensor Float(float value) => Tensor.FromFloats([], [value]);

    public static Tensor Bools(long[] dims, params bool[] values) => Tensor.From<bool>(ElementType.Bool, dims, values);

    /// <summary>The one-node model; with a symbol, the first axis of the first input is free.</summary>
    public Model Model(string? symbol = null)
    {
        var graph = new Graph("case");
        var inputs = new Value?[Inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            if (Inputs[i] is Tensor tensor) inputs[i] = graph.SetInitializer($"x{i}", tensor);
            if (Inputs[i] is not long[] dims) continue;
            inputs[i] = graph.Value($"x{i}");
            Dim[] shape = [.. dims.Select(d => (Dim)d)];
            if (i == 0 && symbol is not null && shape.Length > 0) shape[0] = new Dim(null, symbol);
            inputs[i]!.Type = new TensorType(ElementType.Float, shape);
            graph.AddInput(inputs[i]!);
        }

        var outputs = Enumerable.Range(0, Outputs).Select(i => graph.Value($"y{i}")).ToArray();
        var node = graph.AddNode(Op, inputs, outputs, "node");
        foreach (var attribute in Attributes) node.Set(attribute);
        foreach (var output in outputs) graph.AddOutput(output);
        var model = new Model(graph) { Source = "case.onnx" };
        model.Opsets.Add(new("", Opset));
        return model;
    }
}
