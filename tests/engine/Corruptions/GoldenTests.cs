using OnnxAudit.Corruptions;
using OnnxAudit.Corruptions.Mnist;
using Xunit.Abstractions;

namespace OnnxAudit.Tests.Corruptions;

/// <summary>Deterministic corruptions, and random ones with their draws given, against the published generators' outputs.</summary>
public class GoldenTests(ITestOutputHelper output)
{
    // The bytes must be the generators' own; for any size motion is a sum in floats, whose last bit is the exponential function's.
    private static readonly string[] Exact = ["jpeg_compression", "pixelate", "motion_blur", "translate", "stripe", "quantize", "canny_edges"];

    public static TheoryData<string> Cases => [.. GoldenRow.All.Select(r => $"{r.Profile} {r.Name} {r.Draws}").Distinct()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Output_IsTheGenerators(string name)
    {
        var rows = GoldenRow.All.Where(r => $"{r.Profile} {r.Name} {r.Draws}" == name).ToArray();
        var corruption = MnistTable.Find(rows[0].Name);
        var same = 0;
        foreach (var row in rows)
        {
            var image = GoldenRow.ImageT(row.Shape);
            var made = Made(row, corruption);
            var (sum, difference) = (made.Sum(v => (long)v), Enumerable.Range(0, made.Length).Sum(i => (long)Math.Abs(made[i] - image[i])));
            var equal = Crc32.Of(made) == row.Crc;
            same += equal ? 1 : 0;
            output.WriteLine(FormattableString.Invariant($"severity {row.Severity}: sum {sum} for {row.Sum}, SAD {difference} for {row.Difference}, {(equal ? "same bytes" : "other bytes")}"));
            // Floats that land on an integer may be truncated either way: a pixel in 200, one grey level each.
            var (sums, flips) = (1e-4, 0.005);
            Assert.True(Math.Abs(sum - row.Sum) <= sums * row.Sum, $"severity {row.Severity}: sum {sum} for {row.Sum}");
            Assert.True(Math.Abs(difference - row.Difference) <= flips * made.Length, $"severity {row.Severity}: SAD {difference} for {row.Difference}");
            Assert.All(made[..row.First.Length].Zip(row.First).Concat(GoldenRow.InnerPixel(made, row.Shape).Zip(row.Inner)), p => Assert.InRange(p.First, p.Second - 1, p.Second + 1));
            if (Exact.Contains(row.Name) && (row.Name, row.Profile) != ("motion_blur", CorruptionProfile.AnySize)) Assert.True(equal, $"severity {row.Severity}: bytes differ");
        }

        output.WriteLine($"{same} of {rows.Length} with the same bytes");
    }

    [Fact]
    public void Bytes_AreTheGenerators_InNearlyEveryRow()
    {
        var rows = GoldenRow.All.Where(r => CorruptionTable.All.Any(c => c.Name == r.Name)).ToArray();
        var same = rows.Count(r => Crc32.Of(Made(r, CorruptionTable.Find(r.Name))) == r.Crc);
        output.WriteLine($"{same} of {rows.Length} rows with the same bytes");
        Assert.True(same >= 0.95 * rows.Length, $"{same} of {rows.Length}");
    }

    [Fact]
    public void ImageT_IsTheOneTheRowsWereMadeWith()
    {
        Assert.Equal(0x9b1ea053u, Crc32.Of(GoldenRow.ImageT(new(3, 32, 32))));
        Assert.Equal(0xa8588724u, Crc32.Of(GoldenRow.ImageT(new(3, 224, 224))));
        Assert.Equal(0xa830f31du, Crc32.Of(GoldenRow.ImageT(new(1, 28, 28))));
    }

    private static byte[] Made(GoldenRow row, Corruption corruption)
    {
        var made = new byte[row.Shape.Count];
        var options = new CorruptionOptions { Float32Disk = row.Draws == "opencv" };
        new CorruptionCall(row.Profile, row.Shape, options).Apply(corruption, row.Severity, new ScriptedDraws(row.Draws), GoldenRow.ImageT(row.Shape), made);
        return made;
    }
}
