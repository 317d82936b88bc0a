using System.Globalization;

namespace OnnxAudit.Compression;

/// <summary>N:M sparsity: of every M weights that lie beside each other along the input channels, N stay. Source: Mishra et al. 2021, arXiv:2104.08378.</summary>
/// <param name="Kept">N, at least 1.</param>
/// <param name="Of">M, more than N.</param>
public sealed record NmPattern(int Kept, int Of)
{
    private const int Longest = 64;

    /// <summary>The fraction removed, 1 − N/M.</summary>
    public double Amount => 1 - (double)Kept / Of;

    /// <summary>Reads "2:4".</summary>
    /// <exception cref="AuditException">Usage: not N:M with 1 ≤ N &lt; M ≤ 64.</exception>
    public static NmPattern Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length == 2 && Whole(parts[0]) is { } kept && Whole(parts[1]) is { } of && kept >= 1 && kept < of && of <= Longest) return new NmPattern(kept, of);
        throw new AuditException(AuditCode.Usage, "mask pattern", $"'{text}'", FormattableString.Invariant($"N:M with 1 <= N < M <= {Longest}, such as 2:4"), "N of every M weights stay.");

        static int? Whole(string part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Kept}:{Of}");
}
