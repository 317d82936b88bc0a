using System.Globalization;

namespace OnnxAudit.Reports;

/// <summary>Numbers as a reader wants them: culture-invariant, "–" for undefined, units with the number.</summary>
internal static class Figures
{
    /// <summary>What stands for a number that is not defined.</summary>
    public const string Undefined = "–";

    /// <summary>A fraction in percent, two decimals: 0.8431 is "84.31 %".</summary>
    public static string Percent(double fraction) => Shown(fraction * 100, "0.00", " %");

    /// <summary>A difference of fractions in percentage points with its sign: −0.0123 is "−1.23".</summary>
    public static string Points(double difference) =>
        double.IsNaN(difference) ? Undefined : (Math.Abs(difference) < 5e-5 ? "0.00" : (difference * 100).ToString("+0.00;−0.00", CultureInfo.InvariantCulture));

    /// <summary>Bytes in the largest unit that leaves a number of 1 or more (powers of 1000).</summary>
    public static string Bytes(double bytes) => bytes switch
    {
        double.NaN => Undefined,
        >= 1e9 => Shown(bytes / 1e9, "0.00", " GB"),
        >= 1e6 => Shown(bytes / 1e6, "0.00", " MB"),
        >= 1e3 => Shown(bytes / 1e3, "0.0", " kB"),
        _ => Shown(bytes, "0", " B"),
    };

    /// <summary>A plain number with four significant digits; thousands are kept whole.</summary>
    public static string Plain(double value)
    {
        if (!double.IsFinite(value)) return double.IsNaN(value) ? Undefined : value > 0 ? "∞" : "−∞";
        var size = Math.Abs(value);
        var text = size switch
        {
            0 => "0",
            >= 1e7 or < 1e-4 => value.ToString("0.00e0", CultureInfo.InvariantCulture),
            >= 1000 => value.ToString("0", CultureInfo.InvariantCulture),
            >= 100 => value.ToString("0.0", CultureInfo.InvariantCulture),
            >= 10 => value.ToString("0.00", CultureInfo.InvariantCulture),
            >= 1 => value.ToString("0.000", CultureInfo.InvariantCulture),
            _ => value.ToString("0.0000", CultureInfo.InvariantCulture),
        };
        return text.Replace('-', '−');
    }

    /// <summary>A whole number with thin spaces between thousands.</summary>
    public static string Count(double value) => double.IsNaN(value) ? Undefined : value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u2009');

    private static string Shown(double value, string format, string unit) =>
        double.IsNaN(value) ? Undefined : value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−') + unit;
}
