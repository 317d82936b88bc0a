using System.Text.Json;
using OnnxAudit.Data;
using OnnxAudit.Files;

namespace OnnxAudit.Corruptions;

/// <summary>suite.json: how a folder of corrupted images was made, and the digest of every file that is finished.</summary>
internal sealed class SuiteRecord
{
    internal const string FileName = "suite.json";
    private const string Schema = "onnxaudit.suite/1";
    private const int LongestFile = 1 << 20;

    private readonly string _folder;
    private readonly Action<Utf8JsonWriter> _settings;
    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);

    private SuiteRecord(string folder, Action<Utf8JsonWriter> settings) => (_folder, _settings) = (folder, settings);

    /// <summary>Finished files, name and SHA-256.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Files => [.. _files];

    /// <summary>The record of a folder: new, or with what an interrupted run finished.</summary>
    /// <exception cref="AuditException">Usage: the folder holds a suite and <paramref name="resume"/> is not set, or one of other settings. Invalid: a finished file was changed.</exception>
    internal static SuiteRecord Open(string folder, ImageDataset source, SuiteSettings settings, CorruptionProfile profile, bool resume)
    {
        var path = Path.Combine(folder, FileName);
        var record = new SuiteRecord(folder, json =>
        {
            json.WriteString("data", source.Spec);
            json.WriteString("sha256", source.Digest);
            json.WriteNumber("count", source.Count);
            json.WriteNumber("seed", settings.Seed);
            json.WriteString("profile", CorruptionProfiles.Names.First(n => n.Profile == profile).Name);
            json.WriteString("options", settings.Options.ToString());
            json.WriteStartArray("corruptions");
            foreach (var corruption in settings.Corruptions) json.WriteStringValue(corruption.Name);
            json.WriteEndArray();
        });
        if (!File.Exists(path)) record.Write();
        else if (resume) record.TakeOver(path, [CorruptedSuite.Labels, .. settings.Corruptions.Select(CorruptedSuite.FileOf)]);
        else throw new AuditException(AuditCode.Usage, folder, "a suite already", "a new folder", "Add --resume to go on with it, or choose another folder.");
        return record;
    }

    internal bool Has(string file) => _files.ContainsKey(file);

    internal void Add(string file)
    {
        _files.Add(file, Digest.OfFile(Path.Combine(_folder, file)));
        Write();
    }

    private void TakeOver(string path, IEnumerable<string> expected)
    {
        var old = JsonFields.Parse(DataFault.ReadText(path, LongestFile), path);
        if (old.Text("schema") != Schema) throw old.Wrong("schema", $"'{old.Text("schema")}'", $"'{Schema}'");
        using var now = JsonDocument.Parse(Bytes());
        if (old.Element("settings") is not { } settings) throw old.Wrong("settings", "nothing", "the settings of the suite");
        if (JsonDifference.Find(settings, now.RootElement.GetProperty("settings")) is { } difference)
            throw new AuditException(AuditCode.Usage, path, $"other settings: {difference.Path} {difference.First}, now {difference.Second}", "the settings of the run to go on with",
                "Give the same settings, or choose another folder.");
        foreach (var name in expected)
        {
            if (old.Object("files")?.Text(name) is not { } stated) continue;
            if (Digest.OfFile(Path.Combine(_folder, name)) is var found && found != stated)
                throw new AuditException(AuditCode.Invalid, Path.Combine(_folder, name), $"digest {found}", stated, "Remove the folder and make the suite again.");
            _files.Add(name, stated);
        }
    }

    private void Write() => AtomicFile.WriteBytes(Path.Combine(_folder, FileName), Bytes());

    private byte[] Bytes() => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteStartObject("settings");
        _settings(json);
        json.WriteEndObject();
        json.WriteStartObject("files");
        foreach (var (name, digest) in _files) json.WriteString(name, digest);
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
