using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients.Rules;

public class QuantisationTests
{
    /// <summary>uint8 with zero point 10 and scale ½ reaches from −5 to 122.5; 122.75 rounds to 255.5 − 10 = 245.5, to even 246, and is clipped.</summary>
    [Fact]
    public void Pair_PassesTheGradient_WithinTheClipRangeOnly()
    {
        var x = From([-6, -5.25, -5, 0, 60, 122.5, 122.75, 130]);
        Assert.Equal([0, 1, 1, 1, 1, 1, 0, 0], Pair(x, From([0.5]), new(ElementType.UInt8, [], [10])));
    }

    [Fact]
    public void SignedPair_ReachesFromMinus128To127()
    {
        var x = From([-129, -128.5, -128, 127, 127.5, 128]);
        Assert.Equal([0, 1, 1, 1, 0, 0], Pair(x, From([1]), new(ElementType.Int8, [], [0])));
    }

    [Fact]
    public void PairWithoutAZeroPoint_IsUnsigned() => Assert.Equal([0, 1, 1, 0], Pair(From([-1, 0, 255, 256]), From([1]), null));

    [Fact]
    public void PairAlongAnAxis_ClipsEveryChannelByItsOwnRange()
    {
        var x = From([200, -200, 50, -50, 200, -200], 1, 3, 2);
        var zero = new Float64Tensor(ElementType.Int8, [3], [0, 100, 0]);
        Assert.Equal([0, 0, 0, 1, 1, 1], Pair(x, From([1, 1, 2], 3), zero, NodeAttribute.Of("axis", -2L)));
    }

    [Fact]
    public void QuantisedWeight_HasItsGradient_AtTheDequantisedValueAndAtTheInteger()
    {
        var graph = new Graph("weight");
        var (x, w, y) = (Input(graph, From([3, 4])), graph.Value("w"), graph.Value("y"));
        var q = graph.SetInitializer("q", Tensor.From<sbyte>(ElementType.Int8, [2], [10, -20]));
        graph.AddNode("DequantizeLinear", [q, graph.SetInitializer("s", Tensor.FromFloats([2], [0.5f, 0.25f])), null], [w], "dequantise").Set(NodeAttribute.Of("axis", 0L));
        graph.AddNode("Mul", [x, w], [y], "product");
        var gradients = ReverseMode.Differentiate(Emitter(graph), y, [w, q, graph.Find("s")!]);

        var found = Float64Evaluator.Run(graph, new Dictionary<string, Float64Tensor> { ["x"] = From([3, 4]) }, gradients[0]!.Name, gradients[1]!.Name);

        Assert.Equal([3, 4], found[gradients[0]!.Name].Values);
        Assert.Equal([1.5, 1], found[gradients[1]!.Name].Values);
        Assert.Null(gradients[2]);
    }

    [Theory]
    [InlineData("block_size", 32, "QuantizeLinear in blocks")]
    [InlineData("output_dtype", 17, "QuantizeLinear to Float8E4M3FN")]
    public void Form_IsRefused_BeforeAnyWork(string attribute, long value, string why)
    {
        var graph = new Graph("refused");
        var node = graph.AddNode("QuantizeLinear", [graph.Value("x"), graph.Value("s")], [graph.Value("y")]);
        node.Set(NodeAttribute.Of(attribute, value));
        Assert.Equal(why, GradientTable.WhyNot(node));
    }

    /// <summary>The gradient of Σ y, y = dequantised(quantised(x)), in float64 and, the same, by ONNX Runtime in float32.</summary>
    private static double[] Pair(Float64Tensor x, Float64Tensor scale, Float64Tensor? zero, params NodeAttribute[] attributes)
    {
        var graph = new Graph("pair");
        var (input, q, y) = (Input(graph, x), graph.Value("q"), graph.Value("y"));
        var s = graph.SetInitializer("s", scale.ToTensor());
        Value?[] point = zero is null ? [] : [graph.SetInitializer("z", zero.ToTensor())];
        var nodes = (Node[])[graph.AddNode("QuantizeLinear", [input, s, .. point], [q], "quantise"), graph.AddNode("DequantizeLinear", [q, s, .. point], [y], "dequantise")];
        foreach (var node in nodes)
            foreach (var attribute in attributes) node.Set(attribute);
        var gradient = ReverseMode.Differentiate(Emitter(graph), y, [input])[0]!;
        var feeds = new Dictionary<string, Float64Tensor> { ["x"] = x };
        var found = Float64Evaluator.Run(graph, feeds, gradient.Name)[gradient.Name];
        var model = new Model(graph) { Source = "pair.onnx" };
        model.Opsets.Add(new("", 18));
        Assert.Equal(found.Values, OrtEvaluator.Run(model, feeds, [gradient])[0].Values);
        return found.Values;
    }

    private static Value Input(Graph graph, Float64Tensor content)
    {
        var x = OpModel.Typed(graph.Value("x"), content);
        graph.AddInput(x);
        return x;
    }

    private static Emitter Emitter(Graph graph) => new(graph, ShapeFacts.Of(graph), "quantised.onnx");
}
