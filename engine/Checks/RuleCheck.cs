using System.Globalization;
using OnnxAudit.Bundles;
using OnnxAudit.Runs;

namespace OnnxAudit.Checks;

/// <summary>One rule over its cells and slices. Every way of not finding something ends in a verdict.</summary>
internal sealed class RuleCheck(Rule rule, ICheckSource bundle, ICheckSource? reference, PairedSamples? paired)
{
    // A bound met exactly in decimal (0.80 − 0.02 against 0.78) is met: both sides carry rounding of about 1e-16 of the values.
    private const double Rounding = 1e-12;
    private const double Agreement = 1e-9;

    internal IEnumerable<Finding> Run()
    {
        var cells = CellSelection.Select(rule.Cells, bundle.Manifest.Cells);
        if (rule.Relative?.ReferenceVariant is { } variant) cells.RemoveAll(c => c.Variant == variant);
        foreach (var pattern in CellSelection.Unmatched(Sought(cells), cells)) yield return Missing(pattern, "matches no cell of the plan");
        if (rule.Relative is { ReferenceVariant: null })
        {
            foreach (var lost in CellSelection.Select(rule.Cells, reference!.Manifest.Cells).Where(c => cells.All(here => here.Id != c.Id)))
                yield return Missing(lost.Id, "the baseline has this cell, the bundle does not");
        }

        foreach (var cell in cells)
            foreach (var finding in Look(cell)) yield return finding;
    }

    /// <summary>The selector without the reference's own name: its cells are left out, so no cell need match it as long as others are left to compare with it.</summary>
    private CellSelector Sought(List<Cell> cells) => cells.Count == 0 ? rule.Cells
        : rule.Cells with { Variants = [.. rule.Cells.Variants.Where(p => p != rule.Relative?.ReferenceVariant)] };

    private IEnumerable<Finding> Look(Cell cell)
    {
        if (bundle.Find(cell.Id) is not { } done) return [Missing(cell.Id, "the cell is in the plan but was not finished")];
        BundleCell? before = null;
        if (rule.Relative is not null)
        {
            var planned = ReferenceCell(cell);
            if (planned is null) return [Missing(cell.Id, $"{reference!.Name} has no such cell to compare with")];
            before = reference!.Find(planned.Id);
            if (before is null) return [Missing(cell.Id, $"cell '{planned.Id}' of {reference.Name}, to compare with, was not finished")];
        }

        var slices = Slices(done).Concat(before is null ? [] : Slices(before)).Distinct().ToArray();
        return slices.Length == 0 ? [Missing(cell.Id, $"no {rule.Slice.Kind} matches '{rule.Slice.Pattern}'")]
            : slices.Select(s => before is null ? Absolute(done, s.Kind, s.Name) : Relative(done, before, s.Kind, s.Name));
    }

    private Cell? ReferenceCell(Cell cell)
    {
        var variant = rule.Relative!.ReferenceVariant ?? cell.Variant;
        return reference!.Manifest.Cells.FirstOrDefault(c => c.Variant == variant && c.Suite == cell.Suite && c.Device == cell.Device);
    }

    private IEnumerable<(string Kind, string Name)> Slices(BundleCell cell) => rule.Slice.Kind == "all" ? [("all", "")]
        : cell.Result.Slices.Where(s => s.Kind == rule.Slice.Kind && Pattern.Matches(rule.Slice.Pattern, s.Name)).Select(s => (s.Kind, s.Name));

    private Finding Absolute(BundleCell cell, string kind, string name)
    {
        var value = MetricLookup.Find(bundle, cell, kind, name, rule.Metric);
        return value.Problem is { } problem ? Missing(cell.Cell.Id, problem, kind, name)
            : Compare(cell.Cell, kind, name, value.Value, rule.Limit!, null, null);
    }

    private Finding Relative(BundleCell cell, BundleCell before, string kind, string name)
    {
        var value = MetricLookup.Find(bundle, cell, kind, name, rule.Metric);
        var old = MetricLookup.Find(reference!, before, kind, name, rule.Metric);
        var problem = value.Problem ?? old.Problem ?? (value.IsOverSamples ? paired!.Problem(cell.Cell.Suite) : null);
        if (problem is not null) return Missing(cell.Cell.Id, problem, kind, name);
        PairCounts? pairs = null;
        if (rule.IsPaired)
        {
            pairs = paired!.Count(cell.Cell, before.Cell, kind, name);
            problem = pairs.Value.Problem ?? Disagreement(pairs.Value, value.Value, old.Value);
            if (problem is not null) return Missing(cell.Cell.Id, problem, kind, name);
        }

        return Compare(cell.Cell, kind, name, value.Value, rule.Relative!.Around(old.Value), old.Value, pairs);
    }

    /// <summary>The accuracies must be the means of the columns the test counts, or one of the two is wrong.</summary>
    private static string? Disagreement(PairCounts pairs, double now, double before)
    {
        var (right, was) = (pairs.Right / (double)pairs.Pairs, (pairs.Right + pairs.Lost - pairs.Gained) / (double)pairs.Pairs);
        return Math.Abs(right - now) <= Agreement && Math.Abs(was - before) <= Agreement ? null
            : string.Create(CultureInfo.InvariantCulture, $"column 'correct' gives accuracies {right} and {was}, but cell.json says {now} and {before}");
    }

    private Finding Compare(Cell cell, string kind, string name, double value, Limit limit, double? old, PairCounts? pairs)
    {
        var slack = Rounding * Math.Max(1, Math.Abs(old ?? value));
        bool low = value < limit.Min - slack, high = value > limit.Max + slack;
        var verdict = Verdict(cell.Id, kind, name, low || high ? VerdictStatus.Fail : VerdictStatus.Pass, Sentence(value, limit, old, low, high)) with
        {
            Observed = value,
            Min = limit.Min,
            Max = limit.Max,
            Reference = old,
        };
        return new Finding(verdict, pairs, rule.Alpha, low);
    }

    private string Sentence(double value, Limit limit, double? old, bool low, bool high)
    {
        var where = low ? string.Create(CultureInfo.InvariantCulture, $"is below {limit.Min:G6}")
            : high ? string.Create(CultureInfo.InvariantCulture, $"is above {limit.Max:G6}") : "is within bounds";
        var from = old is null ? "" : string.Create(CultureInfo.InvariantCulture, $" (reference {old:G6}, change {value - old:+0.######;-0.######;0})");
        return string.Create(CultureInfo.InvariantCulture, $"{rule.Metric} {value:G6} {where}{from}");
    }

    private Finding Missing(string cell, string problem) => Missing(cell, problem, rule.Slice.Kind, rule.Slice.Pattern);

    private Finding Missing(string cell, string problem, string kind, string name) =>
        new(Verdict(cell, kind, name, VerdictStatus.Error, problem), null, rule.Alpha, false);

    private Verdict Verdict(string cell, string kind, string name, VerdictStatus status, string message) => new()
    {
        Rule = rule.Name,
        Metric = rule.Metric,
        Cell = cell,
        SliceKind = kind,
        SliceName = name,
        Status = status,
        Message = message,
    };
}
