using OnnxAudit.Corruptions.Ice;

namespace OnnxAudit.Corruptions;

/// <summary>Departures from the published generators' code; the defaults follow it.</summary>
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

    /// <summary>Where frost takes its pictures from; the published photographs cannot be shipped.</summary>
    public FrostSource Frost { get; init; } = FrostSource.Procedural;
}
