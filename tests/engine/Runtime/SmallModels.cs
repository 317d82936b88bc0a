using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Runtime;

/// <summary>Small graphs to run.</summary>
internal static class SmallModels
{
    /// <summary>y = x for x [n, 3] of the type.</summary>
    public static Model Identity(ElementType type)
    {
        var graph = new Graph("identity");
        var x = Input(graph, "x", type, new Dim(null, "n"), 3);
        graph.AddNode("Identity", [x], [Output(graph, "y", type, new Dim(null, "n"), 3)], "copy");
        return Wrap(graph, "identity.onnx");
    }

    /// <summary>y = x · w for x [n, 2], w [2, 2] = 1 2 3 4; w may be given at run time.</summary>
    public static Model LiveWeight()
    {
        var graph = new Graph("live");
        var x = Input(graph, "x", ElementType.Float, new Dim(null, "n"), 2);
        var w = Input(graph, "w", ElementType.Float, 2, 2);
        graph.SetInitializer("w", Tensor.FromFloats([2, 2], [1, 2, 3, 4]));
        graph.AddNode("MatMul", [x, w], [Output(graph, "y", ElementType.Float, new Dim(null, "n"), 2)], "product");
        return Wrap(graph, "live.onnx");
    }

    /// <summary>A 1×1 convolution and a batch normalisation that ONNX Runtime fuses into one: y = 10·(w·x) for x [1, 1, 1, 2].</summary>
    public static Model ConvolutionThenNormalisation(float weight)
    {
        var graph = new Graph("fused");
        var x = Input(graph, "x", ElementType.Float, 1, 1, 1, 2);
        var w = graph.SetInitializer("w", Tensor.FromFloats([1, 1, 1, 1], [weight]));
        var z = graph.Value("z");
        graph.AddNode("Conv", [x, w], [z], "conv");
        Value Constant(string name, float value) => graph.SetInitializer(name, Tensor.FromFloats([1], [value]));
        var bn = graph.AddNode("BatchNormalization", [z, Constant("scale", 10), Constant("shift", 0), Constant("mean", 0), Constant("variance", 1)],
            [Output(graph, "y", ElementType.Float, 1, 1, 1, 2)], "bn");
        bn.Set(NodeAttribute.Of("epsilon", 0f));
        return Wrap(graph, "fused.onnx");
    }

    /// <summary>y = x·(1/n)ⁿ… of ones [n, n]: <paramref name="steps"/> products by a matrix that keeps a row of ones a row of ones.</summary>
    public static Model LongChain(int size, int steps)
    {
        var graph = new Graph("chain");
        var x = Input(graph, "x", ElementType.Float, size, size);
        var values = new float[size * size];
        Array.Fill(values, 1f / size);
        var w = graph.SetInitializer("w", Tensor.FromFloats([size, size], values));
        for (var i = 0; i < steps; i++)
        {
            var y = i == steps - 1 ? Output(graph, "y", ElementType.Float, size, size) : graph.Value($"t{i}");
            graph.AddNode("MatMul", [x, w], [y], $"step{i}");
            x = y;
        }

        return Wrap(graph, "chain.onnx");
    }

    /// <summary>A Reshape whose target shape arrives at run time, so a wrong one fails within node 'shape-it'.</summary>
    public static Model Reshape()
    {
        var graph = new Graph("reshape");
        var x = Input(graph, "x", ElementType.Float, 4);
        var shape = Input(graph, "shape", ElementType.Int64, 2);
        graph.AddNode("Reshape", [x, shape], [Output(graph, "y", ElementType.Float, new Dim(null, "a"), new Dim(null, "b"))], "shape-it");
        return Wrap(graph, "reshape.onnx");
    }

    public static Value Input(Graph graph, string name, ElementType type, params Dim[] dims)
    {
        var value = graph.Value(name);
        value.Type = new TensorType(type, dims);
        graph.AddInput(value);
        return value;
    }

    public static Value Output(Graph graph, string name, ElementType type, params Dim[] dims)
    {
        var value = graph.Value(name);
        value.Type = new TensorType(type, dims);
        graph.AddOutput(value);
        return value;
    }

    public static Model Wrap(Graph graph, string source)
    {
        var model = new Model(graph) { Source = source, ProducerName = "tests" };
        model.Opsets.Add(new("", 13));
        return model;
    }
}
