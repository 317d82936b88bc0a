using OnnxAudit.Corruptions.Mnist;

namespace OnnxAudit.Tests.Corruptions.Mnist;

public sealed class LineTests
{
    [Fact]
    public void Profile_FallsOffByItsLogarithm()
    {
        var line = new double[28 * 28];
        LineProfile.Draw(2.5, 10, 20.5, 10, line, 28, 28);
        Assert.Equal(1, line[10 * 28 + 5]);
        Assert.Equal(1 + Math.Log(1 - 1 / 2.3), line[11 * 28 + 5], 1e-12);
        Assert.Equal(1 + Math.Log(1 - 1 / 2.3), line[9 * 28 + 5], 1e-12);
        // 1 + ln(1 − 2/2.3) is below 0.
        Assert.Equal(0, line[12 * 28 + 5]);
        Assert.Equal((0, 1, 1, 0), (line[10 * 28 + 1], line[10 * 28 + 2], line[10 * 28 + 20], line[10 * 28 + 21]));
    }

    [Fact]
    public void Zigzag_OfALevelLine_HasTeethOfFourByTwo()
    {
        // 23 = 5·4 + 3: six teeth, then the last vertex at −2/(2·3).
        var vertices = Zigzag.Vertices(23, 0).ToArray();
        Assert.Equal([(2, 2), (6, -2), (10, 2), (14, -2), (18, 2), (22, -2), (23, -1.0 / 3)], vertices);
    }

    [Fact]
    public void Zigzag_OfASlantedLine_EndsOnItButForTheLastToothsRest()
    {
        var (run, rise) = (23.0, 4.0);
        var length = Math.Sqrt(run * run + rise * rise);
        var rest = -2 / (2 * (length - 20));
        var last = Zigzag.Vertices(run, rise).Last();
        Assert.Equal(run - rest * rise / length, last.X, 1e-12);
        Assert.Equal(rise + rest * run / length, last.Y, 1e-12);
    }

    [Fact]
    public void DottedLine_LeavesEverySecondPairOfColumns()
    {
        for (var sample = 0; sample < 20; sample++)
        {
            var made = MnistTableTests.Corrupted("dotted_line", 1, sample, new byte[784]);
            for (var x = 0; x < 28; x++)
            {
                var lit = Enumerable.Range(0, 28).Any(y => made[y * 28 + x] > 0);
                Assert.Equal(x % 4 >= 2 && x < 27, lit);
            }
        }
    }

    [Fact]
    public void Zigzag_CrossesTheImage_AndOnlyAddsLight()
    {
        var image = GoldenRow.ImageT(new(1, 28, 28));
        var made = MnistTableTests.Corrupted("zigzag", 1, 3, image);
        Assert.All(made.Zip(image), p => Assert.True(p.First >= p.Second));
        var dark = MnistTableTests.Corrupted("zigzag", 1, 3, new byte[784]);
        Assert.All(Enumerable.Range(3, 20), x => Assert.Contains(Enumerable.Range(0, 28), y => dark[y * 28 + x] > 100));
        Assert.All(Enumerable.Range(0, 2), x => Assert.DoesNotContain(Enumerable.Range(0, 28), y => dark[y * 28 + x] > 0));
    }
}
