using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients.Rules;

public class ArithmeticTests
{
    [Fact]
    public void Abs_HasNoSlope_AtZero() =>
        Assert.Equal([-1, 0, 1], GradientCheck.GradientOf("Abs", [("x", From([-2, 0, 3]))], [], "x"));

    [Fact]
    public void Mod_OfExactMultiples_HasTheSlopeBetweenTheJumps()
    {
        (string, Oracles.Float64Tensor)[] inputs = [("a", From([6, -6, 7])), ("b", From([3, 3, 3]))];
        Assert.Equal([1, 1, 1], GradientCheck.GradientOf("Mod", inputs, [NodeAttribute.Of("fmod", 1L)], "a"));
        Assert.Equal([-2, 2, -2], GradientCheck.GradientOf("Mod", inputs, [NodeAttribute.Of("fmod", 1L)], "b"));
    }
}
