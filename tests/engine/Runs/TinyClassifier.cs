using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Onnx;

namespace OnnxAudit.Tests.Runs;

/// <summary>A small convolutional classifier with random weights: Conv, BatchNormalization, Relu, GlobalAveragePool, Flatten, Gemm.</summary>
internal static class TinyClassifier
{
    /// <summary>Writes the model and the preprocessing beside it; returns its path.</summary>
    internal static string Write(string folder, string name = "tiny", long? batch = null, Action<Model>? change = null)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name + ".onnx");
        var model = Build(batch);
        change?.Invoke(model);
        OnnxWriter.Write(model, path);
        File.WriteAllText(Path.ChangeExtension(path, ".json"), """{ "normalisation": { "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25] } }""");
        return path;
    }

    internal static Model Build(long? batch)
    {
        var graph = new Graph("tiny");
        Dim n = batch is { } size ? size : new Dim(null, "batch");
        var input = graph.Value("input");
        input.Type = new TensorType(ElementType.Float, [n, 3, 32, 32]);
        graph.AddInput(input);
        var logits = graph.Value("logits");
        logits.Type = new TensorType(ElementType.Float, [n, 10]);
        Value Weight(string name, float scale, float shift, params long[] dims)
        {
            var random = Philox.For(11, name);
            var values = new float[Tensor.CountOf(dims)];
            for (var i = 0; i < values.Length; i++) values[i] = shift + scale * (2 * Philox.ToUnit(random.Words(0, (ulong)i).A) - 1);
            return graph.SetInitializer(name, Tensor.FromFloats(dims, values));
        }

        graph.AddNode("Conv", [input, Weight("conv.weight", 0.3f, 0, 12, 3, 3, 3)], [graph.Value("c")], "conv")
            .Set(NodeAttribute.Of("pads", [1L, 1, 1, 1])).Set(NodeAttribute.Of("strides", [2L, 2]));
        graph.AddNode("BatchNormalization",
            [graph.Value("c"), Weight("bn.scale", 0.2f, 1, 12), Weight("bn.bias", 0.2f, 0, 12), Weight("bn.mean", 0.1f, 0, 12), Weight("bn.var", 0.2f, 1, 12)],
            [graph.Value("b")], "bn");
        graph.AddNode("Relu", [graph.Value("b")], [graph.Value("r")], "relu");
        graph.AddNode("GlobalAveragePool", [graph.Value("r")], [graph.Value("p")], "pool");
        graph.AddNode("Flatten", [graph.Value("p")], [graph.Value("features")], "flatten");
        graph.AddNode("Gemm", [graph.Value("features"), Weight("fc.weight", 0.5f, 0, 10, 12), Weight("fc.bias", 0.1f, 0, 10)], [logits], "fc")
            .Set(NodeAttribute.Of("transB", 1L));
        graph.AddOutput(logits);
        var model = new Model(graph) { IrVersion = 8 };
        model.Opsets.Add(new("", 13));
        return model;
    }
}
