namespace OnnxAudit.Statistics;

/// <summary>ln(n!).</summary>
internal static class LogFactorial
{
    private static readonly double[] Small = Table();

    /// <summary>ln(n!) for n ≥ 0: exact products up to 170, Stirling's series with four terms above (relative error below 1e-15).</summary>
    internal static double Of(long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (n < Small.Length) return Small[n];
        double x = n, inverse = 1 / x, square = inverse * inverse;
        return x * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI * x)
            + inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)));
    }

    private static double[] Table()
    {
        var table = new double[171];
        var product = 1.0;
        for (var n = 1; n < table.Length; n++) table[n] = Math.Log(product *= n);
        return table;
    }
}
