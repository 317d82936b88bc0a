using System.Globalization;

namespace OnnxAudit.Runs;

/// <summary>Part <see cref="Index"/> of <see cref="Count"/> parts of a plan's cells: those whose position leaves that remainder.</summary>
public readonly record struct Shard(int Index, int Count)
{
    /// <summary>The only shard of an unsharded run.</summary>
    public static Shard Whole { get; } = new(0, 1);

    /// <summary>Whether cell number <paramref name="position"/> of the plan belongs to this shard.</summary>
    public bool Has(int position) => position % Count == Index;

    /// <summary>Parses "i/n" with 0 ≤ i &lt; n.</summary>
    /// <exception cref="AuditException">Usage.</exception>
    public static Shard Parse(string text) => TryParse(text, out var shard) ? shard
        : throw new AuditException(AuditCode.Usage, "--shard", $"'{text}'", "i/n with 0 <= i < n", "Give for example --shard 0/2 and --shard 1/2.");

    /// <summary>Parses "i/n" with 0 ≤ i &lt; n; false when it is not that.</summary>
    public static bool TryParse(string text, out Shard shard)
    {
        shard = default;
        var parts = text.Split('/');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
        shard = new Shard(index, count);
        return index < count;
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Index}/{Count}");
}
