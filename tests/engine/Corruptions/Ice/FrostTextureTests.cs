using OnnxAudit.Corruptions;
using OnnxAudit.Corruptions.Ice;
using Xunit.Abstractions;

namespace OnnxAudit.Tests.Corruptions.Ice;

/// <summary>The drawn textures against what is known of the published photographs.</summary>
public sealed class FrostTextureTests(ITestOutputHelper output)
{
    public static TheoryData<int> Slots => [.. Enumerable.Range(0, FrostSlot.All.Count)];

    [Theory]
    [MemberData(nameof(Slots))]
    public void Texture_HasThePhotographsStatistics(int number)
    {
        var slot = FrostSlot.All[number];
        var texture = Texture(number);
        for (var c = 0; c < 3; c++)
        {
            var values = texture.Pixels.Where((_, i) => i % 3 == c).Select(v => (double)v).ToArray();
            var mean = values.Average();
            var deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
            output.WriteLine(FormattableString.Invariant($"channel {c}: mean {mean:f1} for {slot.Mean[c]}, deviation {deviation:f1} for {slot.Deviation[c]}"));
            Assert.Equal(slot.Mean[c], mean, 3.0);
            Assert.Equal(slot.Deviation[c], deviation, 3.0);
        }

        var slope = Slope([.. texture.ToGrey().Pixels.Select(v => (double)v)], texture.Shape.Height);
        output.WriteLine(FormattableString.Invariant($"slope {slope:f2} for {slot.Slope}"));
        Assert.Equal(slot.Slope, slope, 0.3);
    }

    [Fact]
    public void Textures_AreFourInFive_AndDifferFromEachOther()
    {
        var crcs = Enumerable.Range(0, 5).Select(i => Crc32.Of(Texture(i).Pixels)).ToArray();
        Assert.Equal(crcs[1], crcs[2]);
        Assert.Equal(4, crcs.Distinct().Count());
    }

    [Fact]
    public void Texture_IsAlwaysTheSame()
    {
        var draws = new PhiloxDraws();
        draws.Begin(0, "frost texture", 0, 1);
        Assert.Equal(Texture(1).Pixels, FrostTexture.Draw(FrostSlot.All[1], draws).Pixels);
    }

    // ImageNet's profile takes pictures at their own size.
    private static Photograph Texture(int number) => FrostSource.Procedural.Plate(number, CorruptionProfile.ImageNet, new(3, 224, 224));

    /// <summary>Slope of log mean power over log frequency, rings of whole frequencies from 2 cycles to half the highest, by least squares.</summary>
    private static double Slope(double[] grey, int side)
    {
        var mean = grey.Average();
        var (real, imaginary) = (grey.Select(v => v - mean).ToArray(), new double[grey.Length]);
        FourierPlane.Transform(real, imaginary, side, inverse: false);
        var (power, count) = (new double[side], new int[side]);
        for (var i = 0; i < grey.Length; i++)
        {
            var (y, x) = (Frequency(i / side), Frequency(i % side));
            var ring = (int)Math.Round(Math.Sqrt(x * x + y * y));
            power[ring] += real[i] * real[i] + imaginary[i] * imaginary[i];
            count[ring]++;
        }

        var points = Enumerable.Range(2, side / 4 - 1).Select(f => (X: Math.Log(f), Y: Math.Log(power[f] / count[f]))).ToArray();
        var (mx, my) = (points.Average(p => p.X), points.Average(p => p.Y));
        return points.Sum(p => (p.X - mx) * (p.Y - my)) / points.Sum(p => (p.X - mx) * (p.X - mx));

        int Frequency(int i) => i <= side / 2 ? i : i - side;
    }
}
