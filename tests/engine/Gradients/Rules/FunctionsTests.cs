using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients.Rules;

public class FunctionsTests
{
    [Fact]
    public void Sqrt_IsInfinitelySteep_AtZero() =>
        Assert.Equal([double.PositiveInfinity, 0.25], GradientCheck.GradientOf("Sqrt", [("x", From([0, 4]))], [], "x"));

    [Fact]
    public void Pow_OfNegativeBases_HasNoNaN_ForIntegerExponents() =>
        Assert.Equal([12, -4, -0.25, 1, 0], Base([-2, -2, -2, -2, -2], [3, 2, -1, 1, 0]));

    [Fact]
    public void Pow_OfZero_HasTheLimitsSlope() =>
        Assert.Equal([0, 1, 0], Base([0, 0, 0], [2, 1, 0]));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public void Pow_OfZero_HasTheSameSlope_WhenTheExponentIsConstant(double exponent, double slope) =>
        Assert.Equal([slope], Base([0, 0], [exponent]).Distinct());

    [Fact]
    public void Pow_HasNoSlopeInTheExponent_AtBaseZero() =>
        Assert.Equal([0, 0, 4 * Math.Log(2)], Exponent([0, 0, 2], [2, 0, 2]));

    [Fact]
    public void Pow_HasNoRealSlopeInTheExponent_AtNegativeBases() => Assert.Equal([double.NaN], Exponent([-2, -2], [2, 3]).Distinct());

    private static double[] Base(double[] a, double[] b) => GradientCheck.GradientOf("Pow", Inputs(a, b), [], "a");

    private static double[] Exponent(double[] a, double[] b) => GradientCheck.GradientOf("Pow", Inputs(a, b), [], "b");

    private static (string, Float64Tensor)[] Inputs(double[] a, double[] b) => [("a", From(a)), ("b", From(b))];
}
