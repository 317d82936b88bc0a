using OnnxAudit.Data;
using OnnxAudit.Onnx;

namespace OnnxAudit.Families;

/// <summary>Digests of the data that a recipe names, each read once. With them a variant made on other images is not taken for the one wanted.</summary>
internal sealed class FamilyDataDigests
{
    private readonly Dictionary<string, string> _digests = new(StringComparer.Ordinal);

    /// <summary>SHA-256 (hex) by DATA SPEC.</summary>
    public IReadOnlyDictionary<string, string> BySpec => _digests;

    /// <summary>Opens data once.</summary>
    /// <param name="spec">The DATA SPEC.</param>
    /// <param name="modelPath">A model whose preprocessing settings say how images are read; null: none is known.</param>
    /// <exception cref="AuditException">Usage: not a DATA SPEC. Invalid: the data is missing or damaged.</exception>
    public void Open(string spec, string? modelPath)
    {
        if (_digests.ContainsKey(spec)) return;
        var settings = modelPath is null ? null : Preprocessing.Find(null, Metadata(modelPath), modelPath);
        using var data = DataSpec.Open(spec, new DataOptions { Preprocessing = settings });
        _digests[spec] = data.Digest;
    }

    private static Dictionary<string, string> Metadata(string path)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in OnnxReader.Read(path).Metadata) metadata.TryAdd(key, value);
        return metadata;
    }
}
