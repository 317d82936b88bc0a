using System.Text.Json;
using OnnxAudit.Bundles;
using OnnxAudit.Files;

namespace OnnxAudit.Analyses;

/// <summary>
/// An analysis on disk: analysis/NAME/analysis.json and analysis/NAME/PLACE/COLUMN.npy.lz4 inside a bundle. Derived data: outside the bundle's digest, which
/// analysis.json names together with the SHA-256 of every column.
/// </summary>
public static class AnalysisFolder
{
    /// <summary>The analysis that reports show.</summary>
    public const string DefaultName = "default";

    private const string Tables = "analysis.json";

    /// <summary>Writes an analysis into its bundle, whole or not at all, in place of one of the same name. Same analysis: same bytes.</summary>
    /// <returns>The folder written.</returns>
    /// <exception cref="AuditException">Usage: a name that cannot be a folder's. Environment: the folder cannot be written.</exception>
    public static string Write(Bundle bundle, string name, Analysis analysis)
    {
        var target = PathOf(bundle.Folder, name);
        using var folder = DerivedFolder.Begin(target);
        AnalysisColumn[] columns = [.. analysis.Columns];
        ColumnInfo[] infos = [.. columns.Select(c => folder.Column($"{c.Place}/{c.Name}", c.Type, [c.Rows], c.Bytes))];
        folder.File(Tables, JsonText.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("schema", AnalysisJson.Schema);
            json.WriteString("name", name);
            AnalysisJson.Write(analysis, json);
            json.WriteObjects("columns", columns.Zip(infos), pair =>
            {
                json.WriteString("path", $"{pair.First.Place}/{pair.First.Name}.npy.lz4");
                json.WriteString("type", pair.First.Type.ToString().ToLowerInvariant());
                json.WriteNumber("rows", pair.First.Rows);
                json.WriteString("sha256", pair.Second.Sha256);
            });
            json.WriteEndObject();
        }));
        folder.Complete();
        return target;
    }

    /// <summary>The tables of an analysis as they were written; null when the bundle has none of that name.</summary>
    /// <exception cref="AuditException">Invalid: damaged, of another format, or computed from another state of the bundle.</exception>
    public static JsonElement? Read(Bundle bundle, string name)
    {
        var path = Path.Combine(PathOf(bundle.Folder, name), Tables);
        if (!File.Exists(path)) return null;
        var root = DerivedFolder.ReadJson(path);
        var fields = new JsonFields(root, path);
        if (fields.RequiredText("schema") is var schema && schema != AnalysisJson.Schema) throw fields.Wrong("schema", $"'{schema}'", $"'{AnalysisJson.Schema}'");
        if (fields.RequiredText("bundle") is var digest && digest != bundle.Digest)
            throw new AuditException(AuditCode.Invalid, path, $"an analysis of bundle {digest}", bundle.Digest, "The bundle has changed since; run analyze again.");
        return root;
    }

    /// <summary>The settings of an analysis as it was written; null when the bundle has none of that name.</summary>
    /// <exception cref="AuditException">Invalid: damaged, of another format, or computed from another state of the bundle.</exception>
    public static AnalysisSettings? Settings(Bundle bundle, string name) => Read(bundle, name) is not { } root ? null
        : AnalysisJson.ReadSettings(new JsonFields(root, Path.Combine(PathOf(bundle.Folder, name), Tables)));

    private static string PathOf(string bundle, string name) => DerivedFolder.IsName(name) ? Path.Combine(bundle, DerivedFolder.Analyses, name)
        : throw new AuditException(AuditCode.Usage, "--name", $"'{name}'", "letters, digits, '.', '_' and '-', not starting with '.'", "Choose another name.");
}
