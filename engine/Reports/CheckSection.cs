using OnnxAudit.Checks;

namespace OnnxAudit.Reports;

/// <summary>A policy's verdicts as a table, worst first.</summary>
internal static class CheckSection
{
    /// <summary>The section; nothing without a check.</summary>
    public static Markup Write(CheckReport? report)
    {
        if (report is null) return Markup.None;
        var counts = string.Join(", ", Enum.GetValues<VerdictStatus>().Select(s => FormattableString.Invariant($"{report.Count(s)} {CheckText.Word(s).ToLowerInvariant()}")));
        var tail = CheckText.SharedTail(report);
        var rows = Markup.Join(report.Verdicts.OrderBy(v => Rank(v.Status)).Select(v => Markup.Of($"""
            <tr><td class="verdict {Class(v.Status)}">{Sign(v.Status)} {CheckText.Word(v.Status).ToLowerInvariant()}</td><td>{v.Rule}{(v.SliceKind == "all" ? "" : $" [{v.SliceName}]")}</td><td>{Markup.Name(v.Cell[..^tail.Length])}</td>
            <td class="n">{CheckText.Value(v.Observed)}</td><td class="n">{CheckText.Allowed(v)}</td><td class="n">{(v.Test is { } test ? Figures.Plain(test.AdjustedP) : Figures.Undefined)}</td><td class="say">{v.Message}</td></tr>
            """)));
        return Markup.Of($"""
            <p><b>{counts}</b>{CheckText.Place(tail)}</p><div class="scroll"><table><thead><tr><th>Verdict</th><th>Rule</th><th>Cell</th><th class="n">Value</th><th class="n">Allowed</th>
            <th class="n" title="Exact one-sided McNemar p after Holm over the policy's rules">p</th><th>What happened</th></tr></thead><tbody>{rows}</tbody></table></div>
            """);
    }

    private static int Rank(VerdictStatus status) => status switch { VerdictStatus.Error => 0, VerdictStatus.Fail => 1, VerdictStatus.Inconclusive => 2, _ => 3 };

    private static string Class(VerdictStatus status) => status switch { VerdictStatus.Pass => "pass", VerdictStatus.Inconclusive => "open-verdict", _ => "fail" };

    private static string Sign(VerdictStatus status) => status switch { VerdictStatus.Pass => "✓", VerdictStatus.Inconclusive => "?", _ => "✗" };
}
