using OnnxAudit.Corruptions.Rules;

namespace OnnxAudit.Corruptions;

/// <summary>The common corruptions in the published order: fifteen, then the four extra ones. The only registration.</summary>
public static class CorruptionTable
{
    /// <summary>Name of the corruption whose pictures are a choice.</summary>
    internal const string Frost = "frost";

    /// <summary>Every row.</summary>
    public static IReadOnlyList<Corruption> All { get; } =
    [
        new("gaussian_noise", CorruptionCategory.Noise, Extra: false, Random: true, GaussianNoise.Apply),
        new("shot_noise", CorruptionCategory.Noise, Extra: false, Random: true, ShotNoise.Apply),
        new("impulse_noise", CorruptionCategory.Noise, Extra: false, Random: true, ImpulseNoise.Apply),
        new("defocus_blur", CorruptionCategory.Blur, Extra: false, Random: false, DefocusBlur.Apply),
        new("glass_blur", CorruptionCategory.Blur, Extra: false, Random: true, GlassBlur.Apply),
        new("motion_blur", CorruptionCategory.Blur, Extra: false, Random: true, MotionBlur.Apply),
        new("zoom_blur", CorruptionCategory.Blur, Extra: false, Random: false, ZoomBlur.Apply),
        new("snow", CorruptionCategory.Weather, Extra: false, Random: true, Snow.Apply),
        new(Frost, CorruptionCategory.Weather, Extra: false, Random: true, Rules.Frost.Apply),
        new("fog", CorruptionCategory.Weather, Extra: false, Random: true, Fog.Apply),
        new("brightness", CorruptionCategory.Weather, Extra: false, Random: false, Brightness.Apply),
        new("contrast", CorruptionCategory.Digital, Extra: false, Random: false, Contrast.Apply),
        new("elastic_transform", CorruptionCategory.Digital, Extra: false, Random: true, ElasticTransform.Apply),
        new("pixelate", CorruptionCategory.Digital, Extra: false, Random: false, Pixelate.Apply),
        new("jpeg_compression", CorruptionCategory.Digital, Extra: false, Random: false, JpegCompression.Apply),
        new("speckle_noise", CorruptionCategory.Noise, Extra: true, Random: true, SpeckleNoise.Apply),
        new("gaussian_blur", CorruptionCategory.Blur, Extra: true, Random: false, GaussianBlur.Apply),
        new("spatter", CorruptionCategory.Weather, Extra: true, Random: true, Spatter.Apply),
        new("saturate", CorruptionCategory.Digital, Extra: true, Random: false, Saturate.Apply),
    ];

    /// <summary>The corruption of a name.</summary>
    /// <exception cref="AuditException">Usage: no such corruption; lists the names.</exception>
    public static Corruption Find(string name) => All.FirstOrDefault(c => c.Name == name)
        ?? throw new AuditException(AuditCode.Usage, "corruptions", $"'{name}'", string.Join(", ", All.Select(c => c.Name)), "Name one of these.");
}
