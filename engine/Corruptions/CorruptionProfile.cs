namespace OnnxAudit.Corruptions;

/// <summary>Whose constants a corruption takes: the published suite it belongs to.</summary>
public enum CorruptionProfile
{
    /// <summary>CIFAR-10-C and CIFAR-100-C: 32×32×3.</summary>
    Cifar,

    /// <summary>Tiny-ImageNet-C: 64×64×3.</summary>
    Tiny,

    /// <summary>ImageNet-C: 224×224×3.</summary>
    ImageNet,

    /// <summary>MNIST-C's code: 28×28×1, ImageNet's constants, values rounded where the others truncate.</summary>
    Mnist,

    /// <summary>The package imagecorruptions: any size from 32×32, 1 or 3 channels, ImageNet's constants.</summary>
    AnySize,
}
