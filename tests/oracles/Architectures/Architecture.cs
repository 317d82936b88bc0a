using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>A kind of network that is generated with random weights, and the sizes it is used at.</summary>
/// <param name="Name">Its name in tests and benches.</param>
/// <param name="Full">The published size.</param>
/// <param name="Small">The size of gradient checks: every kind of layer is there, and a float64 pass takes milliseconds.</param>
/// <param name="Build">Makes it.</param>
internal sealed record Architecture(string Name, NetSize Full, NetSize Small, Func<NetSize, Model> Build)
{
    /// <summary>Whether a linear map makes the scores; <see cref="SqueezeNet"/> has a ReLU between.</summary>
    public bool HasHead { get; init; } = true;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Architecture> All { get; } =
    [
        new("resnet18-cifar", new(32), new(16, 1 / 8.0), size => ResNet.Of18(size, smallStem: true)),
        new("resnet18", Published, new(32, 1 / 8.0), size => ResNet.Of18(size, smallStem: false)),
        new("resnet50", Published, new(32, 1 / 16.0, 0.5), ResNet.Of50),
        new("vgg16", Published, new(32, 1 / 16.0), Vgg.Of16),
        new("densenet121", Published, new(32, 1 / 8.0, 1 / 6.0), DenseNet.Of121),
        new("mobilenetv2", Published, new(32, 1 / 8.0, 0.5), MobileNetV2.Build),
        new("mobilenetv3", Published, new(32, 1 / 8.0), MobileNetV3.Build),
        new("efficientnet", Published, new(32, 1 / 8.0, 0.5), EfficientNet.Build),
        new("inception", Published, new(32, 1 / 16.0, 0.3), Inception.Build),
        new("shufflenet", Published, new(32, 1 / 8.0, 0.3), ShuffleNet.Build),
        new("squeezenet", Published, new(32, 1 / 4.0), SqueezeNet.Build) { HasHead = false },
        new("convnext", Published, new(32, 1 / 16.0, 0.3), ConvNext.Build),
        new("vit", Published, new(32, 1 / 8.0, 0.2), VisionTransformer.Build),
    ];

    private static NetSize Published => new(224, Classes: 1000);

    public static Architecture Of(string name) => All.First(a => a.Name == name);
}
