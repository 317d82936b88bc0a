namespace OnnxAudit.Corruptions;

/// <summary>
/// NumPy's order of summing: from eight values on in eight strands, beyond 128 in halves. A last bit more or less in a kernel's weights moves every pixel of an even ramp
/// across a whole number, and truncation shows it. Source: NumPy, pairwise summation.
/// </summary>
internal static class NumpySum
{
    /// <summary>The sum in NumPy's order.</summary>
    public static double Of(ReadOnlySpan<double> values)
    {
        if (values.Length > 128)
        {
            var half = values.Length / 2 / 8 * 8;
            return Of(values[..half]) + Of(values[half..]);
        }

        if (values.Length < 8) return InOrder(values);
        Span<double> strands = stackalloc double[8];
        var i = 0;
        for (; i <= values.Length - 8; i += 8)
        {
            for (var s = 0; s < 8; s++) strands[s] += values[i + s];
        }

        var sum = ((strands[0] + strands[1]) + (strands[2] + strands[3])) + ((strands[4] + strands[5]) + (strands[6] + strands[7]));
        foreach (var value in values[i..]) sum += value;
        return sum;
    }

    /// <summary>One after another, as compiled code sums.</summary>
    public static double InOrder(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum;
    }
}
