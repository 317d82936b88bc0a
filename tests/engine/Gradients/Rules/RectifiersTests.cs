using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients.Rules;

public class RectifiersTests
{
    [Fact]
    public void Relu_HasNoSlope_AtZero() => Assert.Equal([0, 0, 1], At("Relu", [-1, 0, 1]));

    [Theory]
    [InlineData(0.25f)]
    [InlineData(-0.5f)]
    public void LeakyRelu_HasItsLeftSlope_AtZero(float alpha) => Assert.Equal([alpha, alpha, 1], At("LeakyRelu", [-1, 0, 1], NodeAttribute.Of("alpha", alpha)));

    [Fact]
    public void PRelu_HasItsLeftSlope_AtZero_AndNoneInTheSlope()
    {
        (string, Oracles.Float64Tensor)[] inputs = [("x", From([-1, 0, 1])), ("slope", From([0.25, 0.5, 0.75]))];
        Assert.Equal([0.25, 0.5, 1], GradientCheck.GradientOf("PRelu", inputs, [], "x"));
        Assert.Equal([-1, 0, 0], GradientCheck.GradientOf("PRelu", inputs, [], "slope"));
    }

    [Fact]
    public void ThresholdedRelu_HasNoSlope_AtTheThreshold() => Assert.Equal([0, 0, 1], At("ThresholdedRelu", [0, 0.5, 1], NodeAttribute.Of("alpha", 0.5f)));

    [Fact]
    public void HardSigmoid_HasNoSlope_AtItsCorners() =>
        Assert.Equal([0, 0, 0.25, 0, 0], At("HardSigmoid", [-3, -2, 0, 2, 3], NodeAttribute.Of("alpha", 0.25f)));

    [Fact]
    public void HardSwish_HasTheOuterSlopes_AtItsCorners()
    {
        var slopes = At("HardSwish", [-4, -3, 0, 3, 4]);
        Assert.Equal([0, 0, 0.5, 1, 1], slopes);
    }

    private static double[] At(string op, double[] x, params NodeAttribute[] attributes) => GradientCheck.GradientOf(op, [("x", From(x))], attributes, "x");
}
