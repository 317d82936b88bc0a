using OnnxAudit.Corruptions.Rules;

namespace OnnxAudit.Corruptions.Mnist;

/// <summary>
/// MNIST-C's own corruptions, beside the common ones of <see cref="CorruptionTable"/>; for 28×28×1. Those of one strength do the same at every severity.
/// Source: Mu and Gilmer, arXiv:1906.02337, and its code.
/// </summary>
public static class MnistTable
{
    /// <summary>Every row.</summary>
    public static IReadOnlyList<Corruption> All { get; } =
    [
        new("shear", CorruptionCategory.Digital, Extra: false, Random: true, MnistAffine.Shear, CorruptionProfile.Mnist),
        new("scale", CorruptionCategory.Digital, Extra: false, Random: false, MnistAffine.Scale, CorruptionProfile.Mnist),
        new("rotate", CorruptionCategory.Digital, Extra: false, Random: true, MnistAffine.Rotate, CorruptionProfile.Mnist),
        new("translate", CorruptionCategory.Digital, Extra: false, Random: true, MnistAffine.Translate, CorruptionProfile.Mnist),
        new("stripe", CorruptionCategory.Digital, Extra: false, Random: false, Stripe.Apply, CorruptionProfile.Mnist),
        new("dotted_line", CorruptionCategory.Digital, Extra: false, Random: true, DottedLine.Apply, CorruptionProfile.Mnist),
        new("zigzag", CorruptionCategory.Digital, Extra: false, Random: true, Zigzag.Apply, CorruptionProfile.Mnist),
        new("canny_edges", CorruptionCategory.Digital, Extra: false, Random: false, CannyEdges.Apply, CorruptionProfile.Mnist),
        new("quantize", CorruptionCategory.Digital, Extra: true, Random: false, Quantize.Apply, CorruptionProfile.Mnist),
        new("identity", CorruptionCategory.Digital, Extra: true, Random: false, static call => call.Image.CopyTo(call.Output), CorruptionProfile.Mnist),
    ];

    /// <summary>The published data set: fifteen corruptions, each at one severity, and the images as they are.</summary>
    public static IReadOnlyList<(Corruption Corruption, int Severity)> Published { get; } =
    [
        (Find("shot_noise"), 5), (Find("impulse_noise"), 4), (Find("glass_blur"), 1), (Find("motion_blur"), 1), (Find("shear"), 2), (Find("scale"), 3),
        (Find("rotate"), 2), (Find("brightness"), 5), (Find("translate"), 3), (Find("stripe"), 1), (Find("fog"), 5), (Find("spatter"), 4),
        (Find("dotted_line"), 1), (Find("zigzag"), 1), (Find("canny_edges"), 1), (Find("identity"), 1),
    ];

    /// <summary>The corruption of a name, MNIST-C's own or a common one.</summary>
    /// <exception cref="AuditException">Usage: no such corruption; lists the common ones' names.</exception>
    public static Corruption Find(string name) => All.FirstOrDefault(c => c.Name == name) ?? CorruptionTable.Find(name);
}
