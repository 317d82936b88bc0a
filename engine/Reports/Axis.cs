using System.Globalization;

namespace OnnxAudit.Reports;

/// <summary>A linear axis whose ends and ticks are round numbers.</summary>
internal sealed class Axis
{
    private Axis(double low, double step, int count)
    {
        (Low, Step) = (low, step);
        Ticks = [.. Enumerable.Range(0, count + 1).Select(i => low + i * step)];
        High = Ticks[^1];
    }

    /// <summary>Left or lower end.</summary>
    public double Low { get; }

    /// <summary>Right or upper end.</summary>
    public double High { get; }

    /// <summary>Distance of ticks: 1, 2 or 5 times a power of ten.</summary>
    public double Step { get; }

    /// <summary>Ticks from end to end.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>The axis over [low, high] with about <paramref name="ticks"/> intervals. An empty or undefined range becomes [0, 1]; a point gets room around it.</summary>
    public static Axis Over(double low, double high, int ticks)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || low > high) (low, high) = (0, 1);
        if (high - low < 1e-9 * Math.Max(1, Math.Abs(high)))
        {
            var room = Math.Abs(high) * 0.05 + 1e-6;
            (low, high) = (low - room, high + room);
        }

        var raw = (high - low) / ticks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = (raw / power) switch { <= 1.0000001 => power, <= 2.0000001 => 2 * power, <= 5.0000001 => 5 * power, _ => 10 * power };
        var first = Math.Floor(low / step + 1e-9);
        var last = Math.Ceiling(high / step - 1e-9);
        return new Axis(first * step, step, Math.Max(1, (int)(last - first)));
    }

    /// <summary>Where a value stands, 0 at the low end and 1 at the high end, clamped.</summary>
    public double Place(double value) => Math.Clamp((value - Low) / (High - Low), 0, 1);

    /// <summary>A tick's label with just the decimals its step needs.</summary>
    public string Label(double tick)
    {
        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(Step) - 1e-9), 0, 9);
        var value = Math.Abs(tick) < Step * 1e-6 ? 0 : tick;
        return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).Replace('-', '−');
    }
}
