using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Oracles;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Compression.Quantisation;

/// <summary>Graphs that compute in float16: where Casts stand, and what they compute.</summary>
public class HalfConversionTests
{
    private static readonly WeightCodeRequest Request = new("", "", WeightCode.Float16, Ort.Library, "test");

    [Fact]
    public void InputsAndOutputs_StayFloat32_AndSoDoesSoftmax()
    {
        var model = Classifier();
        var notes = new List<string>();
        var coded = Apply(model, Request, notes);
        Assert.Equal(["fc", "two"], coded.Select(c => c.Layer));
        Assert.Equal(["1 nodes stay float32: 1 Softmax."], notes);
        Assert.All(model.Graph.Inputs.Concat(model.Graph.Outputs), v => Assert.Equal(ElementType.Float, v.Type!.Element));
        Assert.Equal(ElementType.Float16, model.Graph.Find("w")!.Initializer!.Type);
        // x and the softmax's input are cast once each; hidden, an output that a layer reads too, leaves by a Cast and is read as float16.
        Assert.Equal(["Cast", "Gemm", "Relu", "Cast", "Gemm", "Cast", "Softmax"], model.Graph.Nodes.Select(n => n.OpType));
        Assert.Equal("hidden_float16", model.Graph.Nodes.Single(n => n.Name == "two").Input(0)!.Name);
    }

    /// <summary>
    /// The graph node by node in float64, each float16 value rounded, as its definition has it. float32 and ONNX Runtime, which may leave roundings out, are within the
    /// few roundings (2^-11 each of terms below 4) that separate them.
    /// </summary>
    [Theory]
    [InlineData(OptimisationLevel.None)]
    [InlineData(OptimisationLevel.All)]
    public void Results_AreThoseOfRoundedOperations(OptimisationLevel level)
    {
        var (model, before) = (Classifier(), Classifier());
        Apply(model, Request, []);
        var x = Models.Weights(8, 3);
        var feed = Float64Tensor.From([.. x.Select(v => (double)v)], 2, 4);
        var values = new Dictionary<string, Float64Tensor> { ["x"] = feed };
        foreach (var node in model.Graph.Nodes)
        {
            var made = Float64Evaluator.Run(model.Graph, values.Where(v => v.Key == "x" || node.Inputs.Any(i => i!.Name == v.Key)).ToDictionary(), node.Output(0)!.Name).Single();
            values[made.Key] = node.Output(0)!.Type!.Element == ElementType.Float16 ? new(made.Value.Type, made.Value.Dims, [.. made.Value.Values.Select(v => (double)(Half)v)]) : made.Value;
        }

        using var session = Ort.Session(model, new SessionSettings { Level = level });
        foreach (var name in new[] { "hidden", "y" })
        {
            using var input = OrtTensor.Over(x.AsMemory(), [2, 4]);
            var found = Ort.Floats(session, name, ("x", input));
            var float32 = Float64Evaluator.Run(before.Graph, new Dictionary<string, Float64Tensor> { ["x"] = feed }, name)[name].Values;
            for (var i = 0; i < found.Length; i++)
            {
                Assert.Equal(values[name].Values[i], found[i], 0.005);
                Assert.Equal(float32[i], values[name].Values[i], 0.005);
            }

            Assert.NotEqual(float32, values[name].Values);
        }
    }

    /// <summary>
    /// 2048 + 1 is 2048 in float16 and 2049 in float32. ONNX Runtime's CPU provider was found to compute the difference from 2048 as 1: it takes the casts between its float32
    /// kernels away. The probe says what the converted graph shows; nodes that are excluded together keep float32 everywhere.
    /// </summary>
    [Fact]
    public void TheProbe_SaysWhetherRoundingsBetweenNodesAreKept()
    {
        Assert.Equal(HalfRounding.IsKept(Ort.Library) ? 0 : 1, Less([]));
        Assert.Equal(1, Less(["add", "sub"]));

        float Less(string[] exclude)
        {
            var graph = new Graph("g");
            var model = new Model(graph);
            model.Opsets.Add(new("", 13));
            var x = Float(graph, "x", 1, 2);
            graph.AddInput(x);
            var (big, eye) = (graph.SetInitializer("big", Tensor.FromFloats([], [2048])), graph.SetInitializer("eye", Tensor.FromFloats([2, 2], [1, 0, 0, 1])));
            graph.AddNode("MatMul", [x, eye], [Float(graph, "m", 1, 2)], "layer");
            graph.AddNode("Add", [graph.Find("m"), big], [Float(graph, "a", 1, 2)], "add");
            graph.AddNode("Sub", [graph.Find("a"), big], [Float(graph, "y", 1, 2)], "sub");
            graph.AddOutput(graph.Find("y")!);
            Apply(model, Request with { Exclude = exclude }, []);
            Assert.Equal(exclude.Length == 0 ? ElementType.Float16 : ElementType.Float, graph.Find("a")!.Type!.Element);
            using var session = Ort.Session(model);
            using var input = OrtTensor.Over(new float[] { 1, 1 }.AsMemory(), [1, 2]);
            return Ort.Floats(session, "y", ("x", input))[0];
        }
    }

    [Fact]
    public void WhatCannotBe_IsRefused()
    {
        AuditException Refused(Model model, params string[] exclude) => Assert.Throws<AuditException>(() => Apply(model, Request with { Exclude = exclude }, []));
        Assert.Equal("all 2 layers excluded", Refused(Classifier(), "Gemm").Found);
        Assert.Equal(AuditCode.Usage, Refused(Classifier(), "nothing").Code);
        var large = Classifier();
        large.Graph.SetInitializer("b", Tensor.FromFloats([4], [1, 2, 3, 1e6f]));
        Assert.Equal("1000000, beyond float16's range", Refused(large).Found);
        var clipped = Classifier();
        clipped.Graph.SetInitializer("b", Tensor.FromFloats([4], [1, 2, 3, 1e6f]));
        Apply(clipped, Request with { AllowClipping = true }, []);
        Assert.Equal([1, 2, 3, 65504], clipped.Graph.Find("b")!.Initializer!.ToFloats());
    }

    private static IReadOnlyList<CodedLayer> Apply(Model model, WeightCodeRequest request, List<string> notes)
    {
        var coded = HalfConversion.Apply(model, request, new HalfRange(model.Source, request.AllowClipping), notes);
        GraphTrim.Trim(model.Graph);
        Assert.Null(GraphRules.FirstBroken(model.Graph));
        return coded;
    }

    private static Value Float(Graph graph, string name, params long[] dims)
    {
        var value = graph.Value(name);
        value.Type = new TensorType(ElementType.Float, [.. dims.Select(d => (Dim)d)]);
        return value;
    }

    // hidden = relu(x·w + b), an output; y = softmax(hidden·w), the other.
    private static Model Classifier()
    {
        var graph = new Graph("classifier");
        var model = new Model(graph) { Source = "classifier.onnx" };
        model.Opsets.Add(new("", 13));
        var x = Float(graph, "x", 2, 4);
        graph.AddInput(x);
        var (w, b) = (graph.SetInitializer("w", Tensor.FromFloats([4, 4], Models.Weights(16, 1))), graph.SetInitializer("b", Tensor.FromFloats([4], Models.Weights(4, 2))));
        var v = graph.SetInitializer("v", Tensor.FromFloats([4, 3], Models.Weights(12, 5)));
        graph.AddNode("Gemm", [x, w, b], [Float(graph, "g", 2, 4)], "fc");
        graph.AddNode("Relu", [graph.Find("g")], [Float(graph, "hidden", 2, 4)], "relu");
        graph.AddNode("Gemm", [graph.Find("hidden"), v], [Float(graph, "l", 2, 3)], "two");
        graph.AddNode("Softmax", [graph.Find("l")], [Float(graph, "y", 2, 3)], "softmax");
        graph.AddOutput(graph.Find("hidden")!);
        graph.AddOutput(graph.Find("y")!);
        return model;
    }
}
