using System.CommandLine;
using OnnxAudit.Compression;
using OnnxAudit.Data;

namespace OnnxAudit.Cli.Options;

/// <summary>--test: labelled images to run a model and what is made of it on.</summary>
internal sealed class TrialOption
{
    private readonly Option<string?> _spec = new("--test") { Description = "Labelled images to test the model and its parent on", HelpName = "SPEC" };

    /// <summary>The option.</summary>
    public Option Symbol => _spec;

    /// <summary>The images, opened; null when none were named.</summary>
    /// <exception cref="AuditException">As <see cref="ModelTrial.Open"/>.</exception>
    public ModelTrial? Open(ParseResult parsed, string model, Preprocessing? settings, string? head) =>
        parsed.GetValue(_spec) is { } spec ? ModelTrial.Open(model, spec, settings, head) : null;
}
