using OnnxAudit.Corruptions;
using OnnxAudit.Data;
using Xunit.Abstractions;

namespace OnnxAudit.Tests.Corruptions;

/// <summary>Random corruptions with given draws against the generators' definitions over OpenCV, SciPy and scikit-image.</summary>
public sealed class WeatherTests(ITestOutputHelper output)
{
    private static readonly StoredArrays Stored = new("weather.npz");

    [Theory]
    [InlineData(CorruptionProfile.Cifar, "snow")]
    [InlineData(CorruptionProfile.Cifar, "spatter")]
    [InlineData(CorruptionProfile.Cifar, "elastic_transform")]
    [InlineData(CorruptionProfile.Cifar, "fog")]
    [InlineData(CorruptionProfile.Mnist, "snow")]
    [InlineData(CorruptionProfile.Mnist, "spatter")]
    [InlineData(CorruptionProfile.Mnist, "elastic_transform")]
    [InlineData(CorruptionProfile.Mnist, "fog")]
    public void Output_IsTheGenerators_WhenTheDrawsAreGiven(CorruptionProfile profile, string name)
    {
        var image = Stored.Read<byte>($"{profile}_image");
        var call = new CorruptionCall(profile, profile == CorruptionProfile.Cifar ? new ImageShape(3, 32, 32) : new ImageShape(1, 28, 28));
        var made = new byte[image.Length];
        for (var severity = 1; severity <= 5; severity++)
        {
            var draws = new StoredDraws(Stored.Read<float>($"{profile}_uniforms"), Stored.Read<float>($"{profile}_normals"));
            call.Apply(CorruptionTable.Find(name), severity, draws, image, made);
            var expected = Stored.Read<byte>($"{profile}_{name}_{severity}");
            var (equal, furthest) = (made.Zip(expected).Count(p => p.First == p.Second), made.Zip(expected).Max(p => Math.Abs(p.First - p.Second)));
            output.WriteLine(FormattableString.Invariant($"severity {severity}: {equal} of {made.Length} equal, furthest {furthest}; changed by {made.Zip(image).Average(p => Math.Abs(p.First - p.Second)):f2}"));
            // A float that lands on an integer may be cut either way.
            Assert.True(furthest <= 1 && equal >= 0.995 * made.Length, $"severity {severity}: {equal} of {made.Length} equal, furthest {furthest}");
            Assert.NotEqual(image, made);
        }
    }

    private sealed class StoredDraws(float[] uniforms, float[] normals) : CorruptionDraws
    {
        private int _uniform;
        private int _normal;

        public override double Uniform() => uniforms[_uniform++];

        public override double Normal() => normals[_normal++];
    }
}
