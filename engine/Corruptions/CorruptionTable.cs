using OnnxAudit.Corruptions.Rules;

namespace OnnxAudit.Corruptions;

/// <summary>The common corruptions in the published order: fifteen, then the four extra ones. The only registration.</summary>
public static class CorruptionTable
{
    /// <summary>Every row.</summary>
    public static IReadOnlyList<Corruption> All { get; } =
    [
        new("fog", CorruptionCategory.Weather, Extra: false, Random: true, Fog.Apply),
        new("brightness", CorruptionCategory.Weather, Extra: false, Random: false, Brightness.Apply),
        new("contrast", CorruptionCategory.Digital, Extra: false, Random: false, Contrast.Apply),
        new("pixelate", CorruptionCategory.Digital, Extra: false, Random: false, Pixelate.Apply),
        new("jpeg_compression", CorruptionCategory.Digital, Extra: false, Random: false, JpegCompression.Apply),
        new("saturate", CorruptionCategory.Digital, Extra: true, Random: false, Saturate.Apply),
    ];

    /// <summary>The corruption of a name.</summary>
    /// <exception cref="AuditException">Usage: no such corruption; lists the names.</exception>
    public static Corruption Find(string name) => All.FirstOrDefault(c => c.Name == name)
        ?? throw new AuditException(AuditCode.Usage, "corruptions", $"'{name}'", string.Join(", ", All.Select(c => c.Name)), "Name one of these.");
}
