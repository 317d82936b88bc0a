using OnnxAudit.Corruptions.Ice;

namespace OnnxAudit.Corruptions;

/// <summary>Departures from the generators' definitions; the defaults follow them.</summary>
public sealed record CorruptionOptions
{
    /// <summary>The published code.</summary>
    public static CorruptionOptions Published { get; } = new();

    /// <summary>Glass blur exchanges two pixels, as was meant; the published code for colour images copies one over the other.</summary>
    public bool TrueSwap { get; init; }

    /// <summary>MNIST's gaussian and glass blur go both ways; the published code blurs columns only.</summary>
    public bool IsotropicBlur { get; init; }

    /// <summary>Spatter's water stays white above 1; the published code stores it in a byte, where it starts again from black.</summary>
    public bool ClampLiquid { get; init; }

    /// <summary>
    /// Defocus blur's kernel is made in float32, as OpenCV makes it, for its bytes. In float64, the default, nothing is rounded before the pixels are; the two
    /// differ by one grey level where a value lands on a whole number.
    /// </summary>
    public bool Float32Disk { get; init; }

    /// <summary>Where frost takes its pictures from; the published photographs cannot be shipped.</summary>
    public FrostSource Frost { get; init; } = FrostSource.Procedural;
}
