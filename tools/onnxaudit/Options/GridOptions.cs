using System.CommandLine;
using OnnxAudit.Corruptions;
using OnnxAudit.Plans;

namespace OnnxAudit.Cli.Options;

/// <summary>--corruptions, --severities, --corruption-profile, --frost: what is done to the images before a model sees them.</summary>
internal sealed class GridOptions
{
    private readonly bool _alone;
    private readonly Option<string[]> _corruptions;
    private readonly Option<string[]> _severities = new("--severities") { Description = "How strongly, comma-separated or a range; 1-5 unless given", HelpName = "1-5" };
    private readonly Option<string> _profile = new("--corruption-profile") { Description = "Whose constants; auto goes by the image size", DefaultValueFactory = _ => "auto" };
    private readonly Option<string?> _frost = new("--frost") { Description = "Photographs of ice for frost, a folder; drawn textures unless given", HelpName = "DIR" };

    /// <summary>The group; <paramref name="alone"/> where a verb makes nothing but corruptions, at every severity.</summary>
    public GridOptions(bool alone = false)
    {
        _alone = alone;
        _corruptions = new("--corruptions")
        {
            Description = $"{(alone ? "What to do to the images" : "Audit the images corrupted, too")}: all (19), common (15), extra (4), mnist-c (its published 16) or names such as fog,jpeg_compression",
            HelpName = "NAME,…",
            Required = alone,
        };
        _corruptions.CompletionSources.Add([.. CorruptionGrid.Words, .. CorruptionGrid.Names]);
        _profile.AcceptOnlyFromAmong([.. CorruptionProfiles.Names.Select(n => n.Name)]);
    }

    /// <summary>The options in help order.</summary>
    public IReadOnlyList<Symbol> Symbols => _alone ? [_corruptions, _profile, _frost] : [_corruptions, _severities, _profile, _frost];

    /// <summary>The grid asked for, or null.</summary>
    /// <exception cref="AuditException">Usage: an unknown corruption or severity, or severities without corruptions.</exception>
    public CorruptionGrid? Grid(ParseResult parsed)
    {
        var names = parsed.GetValue(_corruptions) ?? [];
        var severities = _alone ? [] : parsed.GetValue(_severities) ?? [];
        if (names.Length > 0) return CorruptionGrid.Parse(names, severities, "command line");
        return severities.Length == 0 ? null
            : throw new AuditException(AuditCode.Usage, "command line", "--severities without --corruptions", "corruptions to give them to", "Add --corruptions, e.g. all.");
    }

    /// <summary>The name of the profile where it was given, else <paramref name="otherwise"/>.</summary>
    public string Profile(ParseResult parsed, string otherwise) => parsed.GetResult(_profile) is { Implicit: false } ? parsed.GetRequiredValue(_profile) : otherwise;

    /// <summary>The folder of photographs, or null.</summary>
    public string? Frost(ParseResult parsed) => parsed.GetValue(_frost);
}
