using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

/// <summary>The checks themselves can fail.</summary>
public class GradientCheckTests
{
    /// <summary>At its kink Relu's slope is 0 by convention and ½ by central differences: what a wrong rule looks like.</summary>
    [Fact]
    public void WrongGradient_IsFound()
    {
        var error = Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => GradientCheck.Holds("Relu", [("x", From([1, 0]))], []));
        Assert.Contains("Relu.onnx, gradient of x[1]: 0,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongElement_IsFound()
    {
        Agreement.Holds(From([1, 1e-6, 0]), From([1, 2e-6, 0]), 1e-3, "small beside the largest");
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Agreement.Holds(From([1, 0.5]), From([1, 0.501]), 1e-3, "y"));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Agreement.Holds(From([double.NaN]), From([1]), 1e-3, "y"));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Agreement.Holds(From([1, 2]), From([1, 2], 1, 2), 1e-3, "y"));
    }
}
