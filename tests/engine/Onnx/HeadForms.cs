using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Every form in which exporters write a classifier head, as a small model with 4 classes.</summary>
internal static class HeadForms
{
    private static readonly Dim Batch = new(null, "batch");

    private static readonly (string Name, string Kind, Func<Model> Build)[] Forms =
    [
        ("gemm", "Gemm", () => Dense(s => s.Node("Gemm", [Relu(s), s.Weight(6, 4), s.Weight(4)]))),
        ("gemm, alpha, beta, transB", "Gemm", () => Dense(s => s.Node("Gemm", [Relu(s), s.Weight(4, 6), s.Weight(1, 4)],
            NodeAttribute.Of("alpha", 0.5f), NodeAttribute.Of("beta", 2f), NodeAttribute.Of("transB", 1L)))),
        ("gemm without bias", "Gemm", () => Dense(s => s.Node("Gemm", [Relu(s), s.Weight(6, 4)]), 11)),
        ("gemm, opset 7", "Gemm", () => Dense(s => s.Node("Gemm", [s.Node("Dropout", [Relu(s)]), s.Weight(6, 4), s.Weight(4)]), 7)),
        ("gemm, weights as inputs", "Gemm", () => Dense(s => s.Node("Gemm", [Relu(s), s.Weight(6, 4), s.Weight(4)]), 9, 3)),
        ("gemm over identities", "Gemm", () =>
            Dense(s => s.Node("Gemm", [Relu(s), s.Node("Identity", [s.Weight(6, 4)]), s.Node("Identity", [s.Weight(4)])]))),
        ("gemm, one bias for all", "Gemm", () => Dense(s => s.Node("Gemm", [Relu(s), s.Weight(6, 4), s.Scalar(0.25f)]))),
        ("gemm over a constant node", "Gemm", () =>
            Dense(s => s.Node("Gemm", [Relu(s), s.Node("Constant", [], NodeAttribute.Of("value", s.Weight(6, 4).Initializer!))]))),
        ("gemm with a masked weight", "Gemm", () => Dense(s => s.Node("Gemm", [Relu(s), s.Node("Mul", [s.Weight(6, 4), s.Weight(6, 4)])]))),
        ("gemm of transposed features", "Gemm", () =>
            Dense(s => s.Node("Gemm", [s.Node("Transpose", [Relu(s)]), s.Weight(6, 4)], NodeAttribute.Of("transA", 1L)))),
        ("gemm, softmax", "Gemm", () => Dense(s => s.Node("Softmax", [s.Node("Gemm", [Relu(s), s.Weight(6, 4)])], NodeAttribute.Of("axis", 1L)))),
        ("gemm, log-softmax", "Gemm", () => Dense(s => s.Node("LogSoftmax", [s.Node("Gemm", [Relu(s), s.Weight(6, 4)])]))),
        ("gemm, reshapes", "Gemm", () =>
            Dense(s => s.Node("Flatten", [s.Node("Reshape", [s.Node("Gemm", [Relu(s), s.Weight(6, 4)]), s.Integers(-1, 4, 1, 1)])]))),
        ("gemm, temperature", "Gemm", () => Dense(s => s.Node("Div", [s.Node("Gemm", [Relu(s), s.Weight(6, 4), s.Weight(4)]), s.Scalar(1.5f)]))),
        ("gemm, scale per class", "Gemm", () =>
            Dense(s => s.Node("Add",
                [s.Node("Mul", [s.Node("Gemm", [Relu(s), s.Weight(6, 4), s.Weight(4)]), s.Weight(4)]), s.Weight(1, 4)]))),
        ("matmul", "MatMul", () => Dense(s => s.Node("MatMul", [Relu(s), s.Weight(6, 4)]))),
        ("matmul, add", "MatMul", () => Dense(s => s.Node("Add", [s.Weight(4), s.Node("MatMul", [Relu(s), s.Weight(6, 4)])]))),
        ("matmul, sub", "MatMul", () => Dense(s => s.Node("Sub", [s.Node("MatMul", [Relu(s), s.Weight(6, 4)]), s.Weight(4)]))),
        ("matmul over a transposed weight", "MatMul", () =>
            Dense(s => s.Node("MatMul", [Relu(s), s.Node("Transpose", [s.Weight(4, 6)], NodeAttribute.Of("perm", [1L, 0L]))]))),
        ("matmul, weight on the left", "MatMul", () => Dense(LeftWeight)),
        ("gemm, weight on the left", "Gemm", () =>
            Dense(s => s.Node("Transpose", [s.Node("Gemm", [s.Weight(4, 6), Relu(s), s.Weight(4, 1)], NodeAttribute.Of("transB", 1L))]))),
        ("fused matmul", "MatMul", () => Dense(s =>
            s.NodeOf("com.microsoft", "FusedMatMul", [Relu(s), s.Weight(4, 6)], NodeAttribute.Of("transB", 1L),
                NodeAttribute.Of("alpha", 0.5f)))),
        ("half precision", "Gemm", () => Dense(HalfGemm)),
        ("conv after pooling", "Conv 1×1", () =>
            Map(s => s.Node("Flatten",
                [s.Node("Conv", [s.Node("Relu", [s.Node("GlobalAveragePool", [s.X])]), s.Weight(4, 6, 1, 1), s.Weight(4)])]))),
        ("conv of a stated cell", "Conv 1×1", () => Map(s => s.Node("Squeeze", [s.Node("Conv", [s.X, s.Weight(4, 6, 1, 1)]), s.Integers(2, 3)]), 1)),
        ("conv over the whole map", "Conv 5×5", () => Map(s => s.Node("Flatten", [s.Node("Conv", [s.X, s.Weight(4, 6, 5, 5), s.Weight(4)])]))),
        ("conv before pooling", "Conv 1×1 before pooling", () =>
            Map(s => s.Node("Flatten",
                [s.Node("GlobalAveragePool", [s.Node("Conv", [s.Node("Relu", [s.X]), s.Weight(4, 6, 1, 1), s.Weight(4)])])]))),
        ("conv before a mean, attribute", "Conv 1×1 before pooling", () =>
            Map(s => s.Node("ReduceMean", [s.Node("Conv", [s.X, s.Weight(4, 6, 1, 1)])], NodeAttribute.Of("axes", [2L, 3L]),
                NodeAttribute.Of("keepdims", 0L)))),
        ("conv before a mean, input", "Conv 1×1 before pooling", () =>
            Map(s => s.Node("ReduceMean", [s.Node("Conv", [s.X, s.Weight(4, 6, 1, 1)]), s.Integers(-1, -2)],
                NodeAttribute.Of("keepdims", 0L)), 5, 18)),
        ("conv, batch norm, pooling", "Conv 1×1 before pooling", () => Map(NormalisedConvolution)),
        ("conv before a window of the whole map", "Conv 1×1 before pooling", () => Map(WholeWindow)),
        ("qdq gemm", "Gemm", () => Dense(s => Requantised(s, QdqLayer(s, "Gemm", Relu(s), 1, 6, 4)))),
        ("qdq matmul", "MatMul", () => Dense(s =>
            Requantised(s, s.Node("Add", [s.Node("MatMul", [Requantised(s, Relu(s)), Dequantised(s, 1, 6, 4)]), s.Weight(4)])))),
        ("qdq conv", "Conv 1×1 before pooling", () =>
            Map(s => s.Node("Flatten", [s.Node("GlobalAveragePool", [QdqLayer(s, "Conv", s.Node("Relu", [s.X]), 0, 4, 6, 1, 1)])]))),
        ("qdq gemm, quantised output", "Gemm", () =>
            Dense(s => Quantised(s, s.Node("Gemm", [Requantised(s, Relu(s)), Dequantised(s, 1, 6, 4)]), 0.05f))),
        ("qlinearmatmul", "QLinearMatMul", () => Dense(s => s.Node("DequantizeLinear", [IntegerMatMul(s, 4), s.Scalar(0.08f), s.Bytes(120)]))),
        ("qlinearmatmul, quantised output", "QLinearMatMul", () => Dense(s => IntegerMatMul(s, 1))),
        ("qlinearmatmul, qlinearadd", "QLinearMatMul", () => Dense(IntegerMatMulAdd)),
        ("qlinearconv before pooling", "QLinearConv 1×1 before pooling", () => Map(IntegerConvolution)),
        ("qgemm", "QGemm", () => Dense(s => s.Node("DequantizeLinear", [IntegerGemm(s, true), s.Scalar(0.08f), s.Bytes(120)]))),
        ("qgemm to float", "QGemm", () => Dense(s => IntegerGemm(s, false))),
        ("quantised while running", "MatMulInteger", () => Dense(RunningQuantisation)),
    ];

    public static IEnumerable<string> Names => Forms.Select(f => f.Name);

    public static (Model Model, string Kind) Build(string name)
    {
        var form = Forms.First(f => f.Name == name);
        return (form.Build(), form.Kind);
    }

    private static Model Dense(Func<Sketch, Value> head, long opset = 17, long ir = 8)
    {
        var sketch = new Sketch(opset, ir);
        var output = head(sketch);
        var made = output.Producer!;
        if (made.OpType is "QuantizeLinear" or "QLinearMatMul") output.Type = new TensorType(ElementType.UInt8, [Batch, 4]);
        return sketch.Ends(output, Batch, 4);
    }

    private static Model Map(Func<Sketch, Value> head, long size = 5, long opset = 17)
    {
        var sketch = new Sketch(opset, 8, Batch, 6, size, size);
        return sketch.Ends(head(sketch), Batch, 4);
    }

    private static Value Relu(Sketch s) => s.Node("Relu", [s.X]);

    private static Value LeftWeight(Sketch s)
    {
        var product = s.Node("MatMul", [s.Weight(4, 6), s.Node("Transpose", [Relu(s)], NodeAttribute.Of("perm", [1L, 0L]))]);
        return s.Node("Transpose", [s.Node("Add", [product, s.Weight(4, 1)])], NodeAttribute.Of("perm", [1L, 0L]));
    }

    private static Value HalfGemm(Sketch s)
    {
        var features = s.Node("Cast", [Relu(s)], NodeAttribute.Of("to", (long)ElementType.Float16));
        var half = Array.ConvertAll(s.Weight(6, 4).Initializer!.ToFloats(), v => (Half)v);
        return s.Node("Cast", [s.Node("Gemm", [features, s.Constant(Tensor.From<Half>(ElementType.Float16, [6, 4], half))])],
            NodeAttribute.Of("to", (long)ElementType.Float));
    }

    private static Value NormalisedConvolution(Sketch s)
    {
        var scores = s.Node("Conv", [s.Node("Relu", [s.X]), s.Weight(4, 6, 1, 1)]);
        var normal = s.Node("BatchNormalization", [scores, s.Weight(4), s.Weight(4), s.Weight(4), s.Scales(4, 0.5f, 2)]);
        return s.Node("Flatten", [s.Node("GlobalAveragePool", [normal])]);
    }

    private static Value WholeWindow(Sketch s)
    {
        var scores = s.Node("Conv", [s.X, s.Weight(4, 6, 1, 1)]);
        scores.Type = new TensorType(ElementType.Float, [Batch, 4, 5, 5]);
        return s.Node("Flatten", [s.Node("AveragePool", [scores], NodeAttribute.Of("kernel_shape", [5L, 5L]))]);
    }

    private static Value Quantised(Sketch s, Value value, float scale) => s.Node("QuantizeLinear", [value, s.Scalar(scale), s.Bytes(120)]);

    private static Value Requantised(Sketch s, Value value)
    {
        var (scale, zero) = (s.Scalar(0.05f), s.Bytes(120));
        return s.Node("DequantizeLinear", [s.Node("QuantizeLinear", [value, scale, zero]), scale, zero]);
    }

    private static Value Dequantised(Sketch s, long axis, params long[] dims) =>
        s.Node("DequantizeLinear", [s.SignedBytes(dims), s.Scales(4, 0.005f, 0.02f),
            s.Constant(new Tensor(ElementType.Int8, [4], new byte[4]))], NodeAttribute.Of("axis", axis));

    // Quantised kernels take for granted that a bias counts in units of input scale times weight scale.
    private static Value QdqLayer(Sketch s, string opType, Value x, long axis, params long[] dims)
    {
        var weight = Dequantised(s, axis, dims);
        var units = Array.ConvertAll(weight.Producer!.Input(1)!.Initializer!.ToFloats(), v => v * 0.05f);
        var bias = s.Node("DequantizeLinear", [s.Constant(Tensor.From<int>(ElementType.Int32, [4], [900, -500, 20, 3])),
            s.Constant(Tensor.FromFloats([4], units))], NodeAttribute.Of("axis", 0L));
        return s.Node(opType, [Requantised(s, x), weight, bias]);
    }

    private static Value IntegerMatMul(Sketch s, int scales)
    {
        var scale = s.Scalar(0.05f);
        var a = s.Node("QuantizeLinear", [Relu(s), scale, s.Bytes(10)]);
        var zero = s.Constant(new Tensor(ElementType.Int8, scales == 1 ? [] : [scales], new byte[scales]));
        return s.Node("QLinearMatMul", [a, scale, s.Bytes(10), s.SignedBytes([6, 4]), s.Scales(scales, 0.005f, 0.02f), zero,
            s.Scalar(0.08f), s.Bytes(120)]);
    }

    private static Value RunningQuantisation(Sketch s)
    {
        var (x, scale, zero) = (s.Graph.Value("xq"), s.Graph.Value("xs"), s.Graph.Value("xz"));
        s.Graph.AddNode("DynamicQuantizeLinear", [Relu(s)], [x, scale, zero]);
        var sums = s.Node("Cast", [s.Node("MatMulInteger",
            [x, s.SignedBytes([6, 4]), zero, s.Constant(new Tensor(ElementType.Int8, [4], new byte[] { 1, 2, 3, 4 }))])],
                NodeAttribute.Of("to", (long)ElementType.Float));
        return s.Node("Add", [s.Node("Mul", [sums, s.Node("Mul", [scale, s.Scales(4, 0.005f, 0.02f)])]), s.Weight(4)]);
    }

    private static Value IntegerMatMulAdd(Sketch s)
    {
        var bias = s.Constant(new Tensor(ElementType.UInt8, [4], new byte[] { 100, 110, 130, 140 }));
        var sum = s.NodeOf("com.microsoft", "QLinearAdd",
            [IntegerMatMul(s, 1), s.Scalar(0.08f), s.Bytes(120), bias, s.Scalar(0.05f), s.Bytes(120), s.Scalar(0.1f), s.Bytes(120)]);
        return s.Node("DequantizeLinear", [sum, s.Scalar(0.1f), s.Bytes(120)]);
    }

    private static Value IntegerConvolution(Sketch s)
    {
        var scale = s.Scalar(0.05f);
        var x = s.Node("QuantizeLinear", [s.Node("Relu", [s.X]), scale, s.Bytes(10)]);
        var zero = s.Constant(new Tensor(ElementType.Int8, [4], new byte[4]));
        var bias = s.Constant(Tensor.From<int>(ElementType.Int32, [4], [900, -500, 20, 3]));
        var scores = s.Node("QLinearConv",
            [x, scale, s.Bytes(10), s.SignedBytes([4, 6, 1, 1]), s.Scales(4, 0.005f, 0.02f), zero, s.Scalar(0.08f), s.Bytes(120), bias]);
        var pooled = s.NodeOf("com.microsoft", "QLinearGlobalAveragePool", [scores, s.Scalar(0.08f), s.Bytes(120), s.Scalar(0.08f), s.Bytes(120)]);
        return s.Node("DequantizeLinear", [s.Node("Flatten", [pooled]), s.Scalar(0.08f), s.Bytes(120)]);
    }

    private static Value IntegerGemm(Sketch s, bool quantised)
    {
        var scale = s.Scalar(0.05f);
        var a = s.Node("QuantizeLinear", [Relu(s), scale, s.Bytes(10)]);
        var zero = s.Constant(new Tensor(ElementType.Int8, [4], new byte[4]));
        var bias = s.Constant(Tensor.From<int>(ElementType.Int32, [4], [900, -500, 20, 3]));
        Value?[] inputs = [a, scale, s.Bytes(10), s.SignedBytes([4, 6]), s.Scales(4, 0.005f, 0.02f), zero, bias];
        if (quantised) inputs = [.. inputs, s.Scalar(0.08f), s.Bytes(120)];
        return s.NodeOf("com.microsoft", "QGemm", inputs, NodeAttribute.Of("transB", 1L), NodeAttribute.Of("alpha", 1f));
    }
}
