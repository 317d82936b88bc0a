using OnnxAudit.Data;

namespace OnnxAudit.Corruptions;

/// <summary>Which profile an image's shape calls for, and which shapes a profile takes.</summary>
public static class CorruptionProfiles
{
    private const int SmallestSide = 32;

    /// <summary>Names for people: "auto" (by the images' shape) first.</summary>
    public static IReadOnlyList<(string Name, CorruptionProfile? Profile)> Names { get; } =
    [
        ("auto", null), ("cifar", CorruptionProfile.Cifar), ("tiny", CorruptionProfile.Tiny), ("imagenet", CorruptionProfile.ImageNet), ("mnist", CorruptionProfile.Mnist),
        ("any-size", CorruptionProfile.AnySize),
    ];

    /// <summary>The profile of a name; null for "auto".</summary>
    /// <exception cref="AuditException">Usage: no such profile.</exception>
    public static CorruptionProfile? Parse(string name)
    {
        foreach (var (known, profile) in Names)
            if (known == name) return profile;
        throw new AuditException(AuditCode.Usage, "corruption profile", $"'{name}'", string.Join(", ", Names.Select(n => n.Name)), "Name one of these.");
    }

    /// <summary>The profile of a shape: 32×32×3, 64×64×3, 224×224×3 and 28×28×1 have their own, anything else takes <see cref="CorruptionProfile.AnySize"/>.</summary>
    /// <exception cref="AuditException">Invalid: a side below 32, or neither 1 nor 3 channels.</exception>
    public static CorruptionProfile For(ImageShape shape, string where)
    {
        var profile = shape switch
        {
            (3, 32, 32) => CorruptionProfile.Cifar,
            (3, 64, 64) => CorruptionProfile.Tiny,
            (3, 224, 224) => CorruptionProfile.ImageNet,
            (1, 28, 28) => CorruptionProfile.Mnist,
            _ => CorruptionProfile.AnySize,
        };
        Require(profile, shape, where);
        return profile;
    }

    /// <summary>Refuses a shape the profile has no rules for.</summary>
    /// <exception cref="AuditException">Invalid: names the shape and what the profile takes.</exception>
    public static void Require(CorruptionProfile profile, ImageShape shape, string where)
    {
        ImageShape? only = profile switch
        {
            CorruptionProfile.Cifar => new(3, 32, 32),
            CorruptionProfile.Tiny => new(3, 64, 64),
            CorruptionProfile.ImageNet => new(3, 224, 224),
            CorruptionProfile.Mnist => new(1, 28, 28),
            _ => null,
        };
        if (only is { } one ? shape == one : shape.Channels is 1 or 3 && Math.Min(shape.Height, shape.Width) >= SmallestSide) return;
        throw new AuditException(AuditCode.Invalid, where, $"images of {shape}", $"{(only is { } exact ? exact.ToString() : "1 or 3 channels and sides of 32 or more")} for the corruption profile {profile}",
            "Choose another profile, or resize and crop the images.");
    }
}
