using OnnxAudit.Data;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Comparison.Layers;

/// <summary>Small networks of whole numbers, whose outputs are exact in float32 however they are computed.</summary>
internal static class LayerModels
{
    internal const int Filters = 3, Hidden = 4;

    /// <summary>Conv 2×2 – Relu – Flatten – Gemm (weights [out,in]) over [N,1,4,4]; weights −3 … 3 by the seed; a weight of <paramref name="zeros"/> in three is 0.</summary>
    internal static Model Net(int seed, int zeros = 0, long? batch = null, int filters = Filters, string prefix = "", bool transB = true)
    {
        var graph = new Graph("net");
        var x = graph.Value("x");
        x.Type = new TensorType(ElementType.Float, [batch is { } n ? n : new Dim(null, "batch"), 1, 4, 4]);
        graph.AddInput(x);
        var conv = graph.AddNode("Conv", [x, graph.SetInitializer($"{prefix}conv.weight", Whole(seed, zeros, filters, 1, 2, 2))], [graph.Value($"{prefix}c")], $"{prefix}conv");
        var relu = graph.AddNode("Relu", [conv.Outputs[0]], [graph.Value($"{prefix}r")], $"{prefix}relu");
        var flat = graph.AddNode("Flatten", [relu.Outputs[0]], [graph.Value($"{prefix}f")], $"{prefix}flat");
        var weight = Whole(seed + 100, zeros, Hidden, filters * 9);
        var gemm = graph.AddNode("Gemm", [flat.Outputs[0], graph.SetInitializer($"{prefix}fc.weight", transB ? weight : Turned(weight))], [graph.Value("y")], $"{prefix}fc");
        if (transB) gemm.Set(NodeAttribute.Of("transB", 1L));
        gemm.Outputs[0]!.Type = new TensorType(ElementType.Float, [x.Type.Shape![0], Hidden]);
        graph.AddOutput(gemm.Outputs[0]!);
        var model = new Model(graph) { Source = $"{prefix}net{seed}.onnx" };
        model.Opsets.Add(new("", 13));
        return model;
    }

    /// <summary>Whole numbers −3 … 3.</summary>
    internal static Tensor Whole(int seed, int zeros, params long[] dims) =>
        Tensor.FromFloats(dims, [.. PhiloxNumbers.Normal((ulong)seed, (int)Tensor.CountOf(dims)).Select((v, i) => i % 3 < zeros ? 0f : (float)Math.Clamp(Math.Round(1.5 * v), -3, 3))]);

    internal static Tensor Turned(Tensor tensor)
    {
        var (rows, columns) = (tensor.Dims[0], tensor.Dims[1]);
        var values = tensor.ToFloats();
        return Tensor.FromFloats([columns, rows], [.. Enumerable.Range(0, values.Length).Select(i => values[i % rows * columns + i / rows])]);
    }

    /// <summary>Outputs of Conv and Gemm of a <see cref="Net"/> over a sample [1,4,4], by loops.</summary>
    internal static (float[] Conv, float[] Gemm) Outputs(Model model, ReadOnlySpan<float> sample, string prefix = "")
    {
        var (k, w) = (model.Graph.Find($"{prefix}conv.weight")!.Initializer!.ToFloats(), model.Graph.Find($"{prefix}fc.weight")!.Initializer!.ToFloats());
        var conv = new float[k.Length / 4 * 9];
        for (var f = 0; f < k.Length / 4; f++)
            for (var y = 0; y < 3; y++)
                for (var x = 0; x < 3; x++)
                    for (var t = 0; t < 4; t++) conv[f * 9 + y * 3 + x] += k[f * 4 + t] * sample[(y + t / 2) * 4 + x + t % 2];
        var gemm = new float[Hidden];
        for (var o = 0; o < Hidden; o++)
            for (var i = 0; i < conv.Length; i++) gemm[o] += w[o * conv.Length + i] * Math.Max(0, conv[i]);
        return (conv, gemm);
    }
}

/// <summary>Samples [1,4,4] of whole numbers.</summary>
internal sealed class WholeSamples(int count) : ImageDataset
{
    public override string Spec => "made-up:whole";

    public override string Id => "whole";

    public override ImageShape Shape => new(1, 4, 4);

    public override SampleEncoding Encoding => SampleEncoding.Floats;

    public override ReadOnlyMemory<int> Labels { get; } = new int[count];

    public override ReadOnlyMemory<long> SourceIndices { get; } = Enumerable.Range(0, count).Select(i => (long)i).ToArray();

    public override IReadOnlyList<string> Classes => ["only"];

    public override string Digest => new('0', 64);

    public override void ReadPixels(int index, Span<byte> pixels) => throw new InvalidOperationException("floats");

    public override void ReadFloats(int index, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++) values[i] = (index * 31 + i * 17) % 7 - 3;
    }
}
