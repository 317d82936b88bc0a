using System.Globalization;

namespace OnnxAudit.Bench.Audit;

/// <summary>What one contender reports on its last line.</summary>
internal sealed record Outcome(double Rate, double Seconds, double PeakMiB, string Accuracies)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rate:R} {Seconds:R} {PeakMiB:R} {Accuracies}");

    internal static Outcome Parse(string line)
    {
        var parts = line.Split(' ');
        double Number(int i) => double.Parse(parts[i], CultureInfo.InvariantCulture);
        return new Outcome(Number(0), Number(1), Number(2), parts[3]);
    }
}
