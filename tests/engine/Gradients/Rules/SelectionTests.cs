using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients.Rules;

public class SelectionTests
{
    [Theory]
    [InlineData("Max")]
    [InlineData("Min")]
    public void Extreme_GivesTies_ToTheFirstInput(string op)
    {
        (string, Float64Tensor)[] inputs = [("a", From([1, 5])), ("b", From([1, 5])), ("c", From([1, 5]))];
        Assert.Equal([1, 1], GradientCheck.GradientOf(op, inputs, [], "a"));
        Assert.Equal([0, 0], GradientCheck.GradientOf(op, inputs, [], "b"));
        Assert.Equal([0, 0], GradientCheck.GradientOf(op, inputs, [], "c"));
    }

    [Fact]
    public void Max_GivesATieOfLaterInputs_ToTheEarlierOfThem()
    {
        (string, Float64Tensor)[] inputs = [("a", From([0, 7])), ("b", From([5, 7])), ("c", From([5, 7]))];
        Assert.Equal([0, 1], GradientCheck.GradientOf("Max", inputs, [], "a"));
        Assert.Equal([1, 0], GradientCheck.GradientOf("Max", inputs, [], "b"));
        Assert.Equal([0, 0], GradientCheck.GradientOf("Max", inputs, [], "c"));
    }

    [Fact]
    public void Clip_AtABound_GivesTheGradientToTheBound()
    {
        (string, Float64Tensor)[] inputs = [("x", From([-1, 0, 3, 6, 7])), ("min", From([0])), ("max", From([6]))];
        Assert.Equal([0, 0, 1, 0, 0], GradientCheck.GradientOf("Clip", inputs, [], "x"));
        Assert.Equal([2], GradientCheck.GradientOf("Clip", inputs, [], "min"));
        Assert.Equal([2], GradientCheck.GradientOf("Clip", inputs, [], "max"));
    }

    [Fact]
    public void Clip_BetweenBoundsThatMeet_GivesAllToMax()
    {
        (string, Float64Tensor)[] inputs = [("x", From([-1, 2, 3])), ("min", From([2])), ("max", From([2]))];
        Assert.Equal([0, 0, 0], GradientCheck.GradientOf("Clip", inputs, [], "x"));
        Assert.Equal([0], GradientCheck.GradientOf("Clip", inputs, [], "min"));
        Assert.Equal([3], GradientCheck.GradientOf("Clip", inputs, [], "max"));
    }
}
