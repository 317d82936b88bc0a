using OnnxAudit.Runs;

namespace OnnxAudit.Checks;

/// <summary>Which cells a rule looks at, and which of its patterns match none.</summary>
internal static class CellSelection
{
    /// <summary>Cells of <paramref name="cells"/> that all three selectors match.</summary>
    internal static List<Cell> Select(CellSelector selector, IEnumerable<Cell> cells) =>
        [.. cells.Where(c => Any(selector.Variants, c.Variant) && Any(selector.Suites, c.Suite) && Any(selector.Devices, c.Device))];

    /// <summary>Patterns that match no selected cell, as "variant 'x*'". A nightly job that lost a variant must not pass on the ones that are left.</summary>
    internal static IEnumerable<string> Unmatched(CellSelector selector, IReadOnlyList<Cell> selected) =>
        Unmatched("variant", selector.Variants, selected, c => c.Variant)
            .Concat(Unmatched("suite", selector.Suites, selected, c => c.Suite))
            .Concat(Unmatched("device", selector.Devices, selected, c => c.Device));

    private static IEnumerable<string> Unmatched(string name, IReadOnlyList<string> patterns, IReadOnlyList<Cell> selected, Func<Cell, string> field) =>
        patterns.Where(p => !selected.Any(c => Pattern.Matches(p, field(c)))).Select(p => $"{name} '{p}'");

    private static bool Any(IReadOnlyList<string> patterns, string text)
    {
        foreach (var pattern in patterns)
            if (Pattern.Matches(pattern, text)) return true;
        return false;
    }
}
