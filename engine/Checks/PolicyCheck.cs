using System.Globalization;
using OnnxAudit.Bundles;
using OnnxAudit.Runs;
using OnnxAudit.Statistics;

namespace OnnxAudit.Checks;

/// <summary>Holds a bundle against a policy.</summary>
public static class PolicyCheck
{
    /// <summary>
    /// Looks at every rule at every cell and slice it selects. Whatever is missing is an <see cref="VerdictStatus.Error"/> verdict and fails the check.
    /// A relative rule that bounds a drop of accuracy fails only if the drop exceeds its margin and the exact one-sided McNemar test,
    /// after Holm over all such tests of the policy, is below its level.
    /// </summary>
    /// <exception cref="AuditException">Usage: a rule needs a baseline and none is given. Invalid: a bundle is damaged.</exception>
    public static CheckReport Run(Policy policy, Bundle bundle, Bundle? baseline) =>
        Run(policy, new BundleSource(bundle), baseline is null ? null : new BundleSource(baseline));

    internal static CheckReport Run(Policy policy, ICheckSource bundle, ICheckSource? baseline)
    {
        var findings = new List<Finding>();
        var comparisons = new Dictionary<ICheckSource, PairedSamples>();
        foreach (var rule in policy.Rules)
        {
            var reference = Reference(rule, bundle, baseline);
            PairedSamples? paired = null;
            if (reference is not null && !comparisons.TryGetValue(reference, out paired)) comparisons.Add(reference, paired = new PairedSamples(bundle, reference));
            findings.AddRange(new RuleCheck(rule, bundle, reference, paired).Run());
        }

        return new CheckReport(bundle.Manifest.Digest ?? "", baseline is null ? null : baseline.Manifest.Digest ?? "", Decide(findings));
    }

    private static ICheckSource? Reference(Rule rule, ICheckSource bundle, ICheckSource? baseline)
    {
        if (rule.Relative is null) return null;
        if (rule.Relative.ReferenceVariant is not null) return bundle;
        return baseline ?? throw new AuditException(AuditCode.Usage, $"rule '{rule.Name}'", "no baseline", "a bundle to compare with",
            "Pass --baseline BUNDLE, or compare with a variant of the same bundle (relative: {variant: NAME}).");
    }

    /// <summary>Settles what waits for the paired tests, all of which are one Holm family, suspects or not.</summary>
    private static List<Verdict> Decide(List<Finding> findings)
    {
        var tested = findings.Where(f => f.Pairs is not null).ToArray();
        var family = new HolmFamily([.. tested.Select(P)]);
        var verdicts = new List<Verdict>(findings.Count);
        var next = 0;
        foreach (var finding in findings) verdicts.Add(finding.Pairs is null ? finding.Verdict : Decide(finding, family, next++));
        return verdicts;
    }

    private static double P(Finding finding) => McNemar.ExactOneSided(finding.Pairs!.Value.Lost, finding.Pairs.Value.Gained);

    private static Verdict Decide(Finding finding, HolmFamily family, int index)
    {
        var pairs = finding.Pairs!.Value;
        var adjusted = family.Adjusted(index);
        var smallest = family.AdjustedIf(McNemar.SmallestReachable(pairs.Lost + pairs.Gained));
        var test = new PairedTest(pairs.Pairs, pairs.Lost, pairs.Gained, P(finding), adjusted, finding.Alpha);
        var verdict = finding.Verdict with { Test = test };
        var counts = string.Create(CultureInfo.InvariantCulture, $"{pairs.Lost} lost and {pairs.Gained} gained of {pairs.Pairs} samples");
        if (finding.Verdict.Status != VerdictStatus.Fail || !finding.IsDrop) return verdict;
        if (adjusted < finding.Alpha)
            return verdict with { Message = string.Create(CultureInfo.InvariantCulture, $"{verdict.Message}; {counts}, adjusted p = {adjusted:G3} < {finding.Alpha}") };
        if (smallest >= finding.Alpha)
            return verdict with
            {
                Status = VerdictStatus.Inconclusive,
                Message = string.Create(CultureInfo.InvariantCulture,
                    $"{verdict.Message}, but {counts} cannot settle it: were all of them lost, the adjusted p would be {smallest:G3}, not below {finding.Alpha}"),
            };
        return verdict with
        {
            Status = VerdictStatus.Pass,
            Message = string.Create(CultureInfo.InvariantCulture, $"{verdict.Message}, which may be chance: {counts}, adjusted p = {adjusted:G3}, not below {finding.Alpha}"),
        };
    }
}

/// <summary>A verdict before the paired tests are settled. With pairs, a drop's Fail stands only if the test confirms it.</summary>
internal sealed record Finding(Verdict Verdict, PairCounts? Pairs, double Alpha, bool IsDrop);
