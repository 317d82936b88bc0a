using OnnxAudit.Bundles;
using OnnxAudit.Runs;

namespace OnnxAudit.Analyses;

/// <summary>A model's cell and the base's on the same suite and device.</summary>
/// <param name="Base">The base's.</param>
/// <param name="Model">The model's.</param>
public sealed record CellPair(CellSource Base, CellSource Model);

/// <summary>Which cells of one or two bundles are to be compared.</summary>
public static class CellPairs
{
    private const int MostNamed = 12;

    /// <summary>
    /// The finished cells of <paramref name="after"/> with their counterparts in <paramref name="before"/>, in plan order. The counterpart is of variant
    /// <paramref name="named"/> where one is named; else, within one bundle, of the variant's root, and across bundles of the variant of the same name or, with one
    /// variant a side, of the other one.
    /// </summary>
    /// <param name="before">The base's bundle.</param>
    /// <param name="after">The models' bundle; may be the same one.</param>
    /// <param name="named">The base, or null.</param>
    /// <param name="against">The models; empty for all that have a base.</param>
    /// <param name="suites">The suites; empty for all that both have.</param>
    /// <exception cref="AuditException">Usage: a name that is not there, or nothing to compare.</exception>
    public static IReadOnlyList<CellPair> Of(Bundle before, Bundle after, string? named, IReadOnlyList<string> against, IReadOnlyList<string> suites)
    {
        var same = ReferenceEquals(before, after);
        string[] here = [.. Variants(after)], there = [.. Variants(before)];
        foreach (var variant in against) Require("--against", variant, here);
        foreach (var suite in suites) Require("--suite", suite, [.. after.Manifest.Datasets.Select(d => d.Id)]);
        if (named is not null) Require("--base", named, there);
        var roots = Lineage.Of(after.Manifest).ToDictionary(v => v.Id, v => v.Root, StringComparer.Ordinal);
        var pairs = new List<CellPair>();
        foreach (var cell in after.Cells.Select(c => c.Cell))
        {
            if ((against.Count > 0 && !against.Contains(cell.Variant)) || (suites.Count > 0 && !suites.Contains(cell.Suite))) continue;
            var other = named ?? (same ? roots.GetValueOrDefault(cell.Variant, cell.Variant) : here.Length == 1 && there.Length == 1 ? there[0] : cell.Variant);
            if (same && other == cell.Variant) continue;
            var counterpart = before.Cells.Select(c => c.Cell).FirstOrDefault(c => c.Variant == other && c.Suite == cell.Suite && c.Device == cell.Device)
                ?? before.Cells.Select(c => c.Cell).FirstOrDefault(c => !same && c.Variant == other && c.Suite == cell.Suite);
            if (counterpart is not null) pairs.Add(new CellPair(new CellSource(before, counterpart), new CellSource(after, cell)));
        }

        if (pairs.Count == 0)
            throw new AuditException(AuditCode.Usage, same ? after.Folder : $"{before.Folder} and {after.Folder}", "no two finished cells to compare",
                same ? "a compressed variant and its base on one suite" : "a variant and a suite of the same name in both", $"Name the base with --base; there are {string.Join(", ", there)}.");
        return pairs;
    }

    private static IEnumerable<string> Variants(Bundle bundle) => bundle.Cells.Select(c => c.Cell.Variant).Distinct(StringComparer.Ordinal);

    private static void Require(string option, string name, string[] there)
    {
        if (!there.Contains(name)) throw new AuditException(AuditCode.Usage, option, $"'{name}'",
            there.Length > MostNamed ? FormattableString.Invariant($"{string.Join(", ", there.Take(MostNamed))} or one of {there.Length - MostNamed} more") : string.Join(", ", there), "Name one of these.");
    }
}
