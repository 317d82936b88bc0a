using System.Numerics;
using OnnxAudit.Corruptions.Ice;

namespace OnnxAudit.Tests.Corruptions.Ice;

public sealed class FourierPlaneTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(16)]
    public void Transform_IsItsDefinition(int side)
    {
        var random = new Random(side);
        var plane = Enumerable.Range(0, side * side).Select(_ => new Complex(random.NextDouble(), random.NextDouble())).ToArray();
        var (real, imaginary) = (plane.Select(v => v.Real).ToArray(), plane.Select(v => v.Imaginary).ToArray());
        FourierPlane.Transform(real, imaginary, side, inverse: false);
        for (var k = 0; k < plane.Length; k++)
        {
            var sum = Complex.Zero;
            for (var j = 0; j < plane.Length; j++) sum += plane[j] * Complex.Exp(new Complex(0, -2 * Math.PI * (k / side * (j / side) + k % side * (j % side)) / side));
            Assert.Equal(sum.Real, real[k], 1e-11);
            Assert.Equal(sum.Imaginary, imaginary[k], 1e-11);
        }
    }

    [Fact]
    public void Inverse_UndoesTheTransform_ButForTheSize()
    {
        var random = new Random(3);
        var plane = Enumerable.Range(0, 64 * 64).Select(_ => random.NextDouble()).ToArray();
        var (real, imaginary) = (plane.ToArray(), new double[plane.Length]);
        FourierPlane.Transform(real, imaginary, 64, inverse: false);
        FourierPlane.Transform(real, imaginary, 64, inverse: true);
        Assert.All(real.Zip(plane), p => Assert.Equal(p.Second, p.First / plane.Length, 1e-12));
        Assert.All(imaginary, v => Assert.Equal(0, v / plane.Length, 1e-12));
    }
}
