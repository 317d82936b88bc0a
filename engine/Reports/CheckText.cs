using System.Globalization;
using OnnxAudit.Checks;

namespace OnnxAudit.Reports;

/// <summary>A check's outcome as text for people.</summary>
public static class CheckText
{
    /// <summary>A row a verdict, then what every one that is not a pass says, then the count.</summary>
    public static void Write(CheckReport report, TextPage page)
    {
        var table = new TextTable(("verdict", TextAlign.Left), ("rule", TextAlign.Shrink), ("cell", TextAlign.Shrink), ("value", TextAlign.Right), ("allowed", TextAlign.Right));
        var tail = SharedTail(report);
        foreach (var verdict in report.Verdicts)
            table.Add(Word(verdict.Status), verdict.SliceKind == "all" ? verdict.Rule : $"{verdict.Rule} [{verdict.SliceName}]", verdict.Cell[..^tail.Length], Value(verdict.Observed), Allowed(verdict));
        page.Heading("Checks" + Place(tail));
        page.Table(table);
        var open = report.Verdicts.Where(v => v.Status != VerdictStatus.Pass).ToArray();
        if (open.Length > 0) page.Line();
        foreach (var verdict in open) page.Line($"{Word(verdict.Status)}: {verdict.Name}: {verdict.Message}");
        page.Line();
        page.Line(string.Join(", ", Enum.GetValues<VerdictStatus>().Select(s => FormattableString.Invariant($"{report.Count(s)} {Word(s)}"))));
    }

    /// <summary>"--suite--device" when every verdict's cell ends with it, else nothing: said once, it need not stand in every row.</summary>
    internal static string SharedTail(CheckReport report)
    {
        var tails = report.Verdicts.Select(v => v.Cell.Split("--") is { Length: > 2 } parts ? $"--{parts[^2]}--{parts[^1]}" : "").Distinct().ToArray();
        return tails.Length == 1 ? tails[0] : "";
    }

    /// <summary>A shared tail in words: " on SUITE, DEVICE"; nothing for none.</summary>
    internal static string Place(string tail) => tail.Length == 0 ? "" : $" on {tail[2..].Replace("--", ", ")}";

    /// <summary>A status in a word.</summary>
    internal static string Word(VerdictStatus status) => status switch
    {
        VerdictStatus.Pass => "pass",
        VerdictStatus.Fail => "FAIL",
        VerdictStatus.Error => "ERROR",
        _ => "inconclusive",
    };

    /// <summary>The bounds in a few characters.</summary>
    internal static string Allowed(Verdict verdict) => (verdict.Min, verdict.Max) switch
    {
        (null, null) => Figures.Undefined,
        ({ } min, null) => $"≥ {Value(min)}",
        (null, { } max) => $"≤ {Value(max)}",
        ({ } min, { } max) => $"{Value(min)} to {Value(max)}",
    };

    /// <summary>A value with up to six digits.</summary>
    internal static string Value(double? value) => value is { } v ? v.ToString("G6", CultureInfo.InvariantCulture) : Figures.Undefined;
}
