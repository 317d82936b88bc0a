using System.CommandLine;
using OnnxAudit.Data;

namespace OnnxAudit.Cli.Options;

/// <summary>--preprocess: settings from a JSON or YAML file in place of the model's own.</summary>
internal sealed class PreprocessOption
{
    private readonly Option<string?> _file = new("--preprocess")
    {
        Description = "Preprocessing settings (JSON or YAML: normalisation.mean, normalisation.std, layout, resize, crop, classes); without it the model's metadata or <model>.json",
        HelpName = "FILE",
    };

    /// <summary>The option.</summary>
    public Option Symbol => _file;

    /// <summary>The file's path, or null.</summary>
    public string? Path(ParseResult parsed) => parsed.GetValue(_file);

    /// <summary>The settings as JSON text, or null.</summary>
    /// <exception cref="AuditException">Invalid: the file cannot be read.</exception>
    public string? Json(ParseResult parsed) => Path(parsed) is { } path ? YamlJson.ReadFile(path) : null;

    /// <summary>The settings, or null.</summary>
    /// <exception cref="AuditException">Invalid: the file cannot be read or is no settings.</exception>
    public Preprocessing? Settings(ParseResult parsed) => Json(parsed) is { } json ? Preprocessing.Parse(json, Path(parsed)!) : null;
}
