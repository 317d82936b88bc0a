using System.Globalization;

namespace OnnxAudit.Analyses;

/// <summary>The copies of one model pruned by global magnitude that its pruning vulnerability is counted over.</summary>
/// <param name="Root">The unpruned variant, ratio 0.</param>
/// <param name="Rungs">Ratio and variant, ascending, the root first.</param>
/// <param name="Missing">Ratios of 0, 0.1, …, 0.9 that the bundle has no variant of.</param>
public sealed record PruningLadder(string Root, IReadOnlyList<(double Amount, string Variant)> Rungs, IReadOnlyList<double> Missing)
{
    /// <summary>
    /// The ladder of a root, or null when it has no rung but itself. Rungs are the ten ratios only; of several pools of weights (include, exclude) the one with most
    /// rungs counts, the first on a tie.
    /// </summary>
    public static PruningLadder? Of(string root, IReadOnlyList<LineageVariant> variants)
    {
        var pruned = variants.Where(v => v.Root == root && v.IsCompressed && v.Parameter("method") == "magnitude" && v.Parameter("scope") == "global" && Tenth(v.Amount) > 0);
        var pool = pruned.GroupBy(v => $"{v.Parameter("include")};{v.Parameter("exclude")}", StringComparer.Ordinal)
            .Select(g => g.DistinctBy(v => Tenth(v.Amount)).OrderBy(v => v.Amount).ToArray()).MaxBy(g => g.Length);
        if (pool is null) return null;
        (double Amount, string Variant)[] rungs = [(0, root), .. pool.Select(v => (Tenth(v.Amount) / 10.0, v.Id))];
        return new PruningLadder(root, rungs, [.. Enumerable.Range(0, 10).Select(t => t / 10.0).Where(t => rungs.All(r => r.Amount != t))]);
    }

    /// <summary>10·amount where that is a whole number from 1 to 9, else 0.</summary>
    private static int Tenth(double amount) => Math.Round(amount * 10) is >= 1 and <= 9 and var t && Math.Abs(amount * 10 - t) < 1e-9 ? (int)t : 0;

    /// <summary>The missing ratios in words.</summary>
    public string MissingText => string.Join(", ", Missing.Select(m => m.ToString("0.0", CultureInfo.InvariantCulture)));
}
