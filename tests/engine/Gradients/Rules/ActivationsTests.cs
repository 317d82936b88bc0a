using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients.Rules;

public class ActivationsTests
{
    [Fact]
    public void Elu_HasItsLeftSlope_AtZero() => Assert.Equal([0.5, 1], At("Elu", [0, 1], NodeAttribute.Of("alpha", 0.5f)));

    [Fact]
    public void Selu_HasItsLeftSlope_AtZero() =>
        Assert.Equal([0.5, 0.25], At("Selu", [0, 1], NodeAttribute.Of("alpha", 2f), NodeAttribute.Of("gamma", 0.25f)));

    [Fact]
    public void Celu_HasSlopeOne_AtZero() => Assert.Equal([1, 1], At("Celu", [0, 1], NodeAttribute.Of("alpha", 0.5f)));

    [Theory]
    [InlineData("Softplus", 0, 1)]
    [InlineData("Sigmoid", 0, 0)]
    [InlineData("Tanh", 0, 0)]
    [InlineData("Mish", 0, 1)]
    [InlineData("Elu", 0, 1)]
    public void Slope_IsFinite_FarOut(string op, double left, double right)
    {
        var slopes = At(op, [-1e4, 1e4]);
        Assert.Equal(left, slopes[0], 1e-12);
        Assert.Equal(right, slopes[1], 1e-12);
    }

    private static double[] At(string op, double[] x, params NodeAttribute[] attributes) => GradientCheck.GradientOf(op, [("x", From(x))], attributes, "x");
}
