using OnnxAudit.Compression;
using OnnxAudit.Corruptions;

namespace OnnxAudit.Plans;

/// <summary>What every plan must satisfy before any file is opened, one row each.</summary>
public static class PlanRules
{
    private static readonly (Func<AuditPlan, string?> Broken, string Expected, string Fix)[] Rules =
    [
        (p => p.Variants.Count == 0 ? "no model" : null, "one model or more", "Name an ONNX file."),
        (p => p.Suites.Count == 0 ? "no data" : null, "one dataset or more", "Name one with --data, e.g. --data cifar10:DIR."),
        (p => Twice(p.Variants.Select(v => v.Id)), "variant ids that differ", "Give each model an id of its own in the plan."),
        (p => Twice(p.Suites.Select(s => s.Id)), "suite ids that differ", "Name each dataset once, or give ids in the plan."),
        (p => p.Variants.Select(v => v.Id).Concat(p.Suites.Select(s => s.Id)).FirstOrDefault(id => Identifiers.Slug(id) != id || id.Contains("--", StringComparison.Ordinal)) is { } id
            ? $"the id '{id}'" : null, "ids of letters, digits, '.', '_' and single '-'", "Change the id."),
        (p => p.Batch < 1 ? $"batch {p.Batch}" : null, "a batch of 1 or more", "Change --batch."),
        (p => p.Threads < 1 ? $"{p.Threads} threads" : null, "1 thread or more", "Change --threads."),
        (p => p.LatencyRuns is < 0 or > 100_000 ? FormattableString.Invariant($"{p.LatencyRuns} latency runs") : null, "0 to 100,000", "Change --latency-runs."),
        (p => p.Seed > long.MaxValue || p.Variants.Any(v => v.Mask?.Seed > long.MaxValue) ? "a seed of 2^63 or more" : null, "a seed below 2^63", "Change --seed."),
        (p => Identifiers.Slug(p.Device) != p.Device ? $"device '{p.Device}'" : null, "a provider's short name, e.g. cpu", "Change --device; 'onnxaudit devices' lists them."),
        (p => LongestCell(p) is { Length: > 200 } id ? FormattableString.Invariant($"the cell id '{id[..40]}…' of {id.Length} characters") : null, "200 characters at most", "Give the model or dataset a shorter id in a plan."),
        (p => CorruptionProfiles.Names.Any(n => n.Name == p.CorruptionProfile) ? null : $"corruption profile '{p.CorruptionProfile}'",
            string.Join(", ", CorruptionProfiles.Names.Select(n => n.Name)), "Change --corruption-profile."),
        (p => p.Margin is "paper" or "region" or "signed" ? null : $"margin '{p.Margin}'", "paper, region or signed", "Change --margin; docs/methods.md defines each."),
    ];

    /// <summary>Throws for the first rule the plan breaks.</summary>
    /// <exception cref="AuditException">Usage, naming the rule.</exception>
    public static void Check(AuditPlan plan, string source)
    {
        foreach (var (broken, expected, fix) in Rules)
            if (broken(plan) is { } found) throw new AuditException(AuditCode.Usage, source, found, expected, fix);
        foreach (var variant in plan.Variants)
            if (variant.Mask?.Validated() is { } mask && !MaskMethods.WithoutData.Contains(mask.Method))
                throw new AuditException(AuditCode.Usage, source, $"mask method '{mask.Method}', which takes {(MaskMethods.NeedsData(mask.Method) ? "gradients over training data" : "scores from a file")}", $"{string.Join(" or ", MaskMethods.WithoutData)} in an audit",
                    $"Make the model with `onnxaudit prune --method {mask.Method}`, then audit it.");
    }

    private static string LongestCell(AuditPlan plan) =>
        $"{plan.Variants.MaxBy(v => v.Id.Length)?.Id}--{plan.Suites.MaxBy(s => s.Id.Length)?.Id}--{plan.Device}";

    private static string? Twice(IEnumerable<string> ids) =>
        ids.GroupBy(id => id, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } g ? $"'{g.Key}' twice" : null;
}
