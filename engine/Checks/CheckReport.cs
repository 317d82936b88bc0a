namespace OnnxAudit.Checks;

/// <summary>All verdicts of a policy over a bundle, in rule order, then cell order, then slice order.</summary>
/// <param name="BundleDigest">Digest of the bundle; empty when unfinished.</param>
/// <param name="BaselineDigest">Digest of the baseline; null without one.</param>
/// <param name="Verdicts">Never empty.</param>
public sealed record CheckReport(string BundleDigest, string? BaselineDigest, IReadOnlyList<Verdict> Verdicts)
{
    /// <summary>How many verdicts have that status.</summary>
    public int Count(VerdictStatus status) => Verdicts.Count(v => v.Status == status);

    /// <summary>Process exit code: 1 when anything failed or could not be looked at, else 5 when anything is inconclusive, else 0.</summary>
    public int ExitCode => Verdicts.Any(v => v.Status is VerdictStatus.Fail or VerdictStatus.Error) ? (int)AuditCode.PolicyFailed
        : Verdicts.Any(v => v.Status == VerdictStatus.Inconclusive) ? (int)AuditCode.Inconclusive : 0;
}
