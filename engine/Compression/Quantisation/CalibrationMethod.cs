namespace OnnxAudit.Compression.Quantisation;

/// <summary>How the range of an activation follows from its values over the calibration samples.</summary>
public enum CalibrationMethod
{
    /// <summary>From the smallest to the largest value seen.</summary>
    MinMax,

    /// <summary>Cuts the outermost values off, half of the share at each end.</summary>
    Percentile,

    /// <summary>The magnitude whose 128-level histogram is nearest to the data's by Kullback–Leibler divergence.</summary>
    Entropy,

    /// <summary>The share of the min-max range with the smallest mean squared rounding and clipping error.</summary>
    Mse,
}

/// <summary>Names of the methods on the command line and in recipes.</summary>
public static class CalibrationMethods
{
    /// <summary>Methods by name.</summary>
    public static IReadOnlyDictionary<string, CalibrationMethod> Names { get; } = new Dictionary<string, CalibrationMethod>
    {
        ["minmax"] = CalibrationMethod.MinMax,
        ["percentile"] = CalibrationMethod.Percentile,
        ["entropy"] = CalibrationMethod.Entropy,
        ["mse"] = CalibrationMethod.Mse,
    };

    /// <summary>The name of a method.</summary>
    public static string NameOf(CalibrationMethod method) => Names.First(n => n.Value == method).Key;
}
