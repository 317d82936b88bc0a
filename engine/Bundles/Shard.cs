using System.Globalization;

namespace OnnxAudit.Bundles;

/// <summary>"i/n", 0 ≤ i &lt; n: every n-th cell of the plan from the i-th on.</summary>
public static class Shard
{
    /// <summary>Index and count.</summary>
    /// <exception cref="AuditException">Usage: not of that form.</exception>
    public static (int Index, int Of) Parse(string text) => TryParse(text, out var shard) ? shard
        : throw new AuditException(AuditCode.Usage, "--shard", $"'{text}'", "i/n with 0 <= i < n", "Give for example --shard 0/2 and --shard 1/2.");

    internal static bool TryParse(string text, out (int Index, int Of) shard)
    {
        shard = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return false;
        if (!int.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return false;
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var of)) return false;
        shard = (index, of);
        return index < of;
    }
}
