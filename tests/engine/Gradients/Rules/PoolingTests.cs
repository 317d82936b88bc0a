using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients.Rules;

/// <summary>Where equal values and zeros leave a pool without a derivative.</summary>
public class PoolingTests
{
    private static readonly NodeAttribute[] TwoByTwo = [NodeAttribute.Of("kernel_shape", [2L, 2L])];

    [Fact]
    public void MaxPool_OfEqualValues_GivesEachWindowsFirst() =>
        Gives("MaxPool", [5, 5, 5, 5, 5, 5, 5, 5, 5], [1, 1, 0, 1, 1, 0, 0, 0, 0], TwoByTwo);

    [Fact]
    public void MaxPool_OfATie_GivesTheFirstInRowMajorOrder() =>
        Gives("MaxPool", [0, 3, 1, 3, 2, 3, 1, 3, 0], [0, 2, 0, 1, 0, 1, 0, 0, 0], TwoByTwo);

    [Fact]
    public void MaxPool_SideBySide_OfATie_GivesTheFirst() =>
        Gives("MaxPool", [0, 3, 1, 3, 2, 3, 1, 3, 0], [0, 1, 0, 0, 0, 0, 0, 0, 0], [.. TwoByTwo, NodeAttribute.Of("strides", [2L, 2L])]);

    [Fact]
    public void GlobalMaxPool_OfATie_GivesTheFirst() => Gives("GlobalMaxPool", [0, 1, 3, 2, 3, 3, 1, 0, 3], [0, 0, 1, 0, 0, 0, 0, 0, 0]);

    [Fact]
    public void LpPool_OfZeros_GivesZeros() => Gives("LpPool", new double[9], new double[9], TwoByTwo);

    [Fact]
    public void LpNormalization_OfZeros_GivesZeros() => Gives("LpNormalization", new double[9], new double[9]);

    // ONNX Runtime takes the same side of every tie as the float64 evaluator: Indices and ArgMax are its own there.
    private static void Gives(string op, double[] x, double[] expected, params NodeAttribute[] attributes)
    {
        (string, Float64Tensor)[] inputs = [("x", Float64Tensor.From(x, 1, 1, 3, 3))];
        Assert.Equal(expected, GradientCheck.GradientOf(op, inputs, attributes, "x"));
        var model = OpModel.Of(op, inputs, attributes);
        var graph = new LossGraph(model, OpModel.Feeds(model, inputs), coefficient: 1);
        Assert.Equal(expected, OrtEvaluator.Run(model, graph.Feeds, [graph.Differentiate()[0]!])[0].Values);
    }
}
