using System.CommandLine;
using OnnxAudit.Bundles;
using OnnxAudit.Checks;

namespace OnnxAudit.Cli.Options;

/// <summary>--policy and --baseline: what a bundle is held against.</summary>
internal sealed class PolicyOptions(bool required)
{
    private readonly Option<string?> _policy = new("--policy") { Description = "The rules (YAML or JSON)", HelpName = "POLICY.yaml", Required = required };
    private readonly Option<string?> _baseline = new("--baseline") { Description = "The bundle that relative rules compare with", HelpName = "BUNDLE" };

    /// <summary>The options in help order.</summary>
    public IReadOnlyList<Symbol> Symbols => [_policy, _baseline];

    /// <summary>The verdicts over a bundle; null when no policy is given.</summary>
    /// <exception cref="AuditException">Usage: a baseline is wanted or given for nothing. Invalid: policy or baseline is damaged.</exception>
    public CheckReport? Check(ParseResult parsed, Bundle bundle)
    {
        var baseline = parsed.GetValue(_baseline);
        if (parsed.GetValue(_policy) is { } path)
            return PolicyCheck.Run(PolicyJson.Read(YamlJson.ReadFile(path), path), bundle, baseline is null ? null : Bundle.Open(baseline));
        return baseline is null ? null
            : throw new AuditException(AuditCode.Usage, "command line", "--baseline without --policy", "both or none", "Add --policy POLICY.yaml.");
    }
}
