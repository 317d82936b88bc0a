using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>Residual networks, arXiv:1512.03385, weights named as in torchvision. The strides of ResNet-50 stand at the 3×3 convolutions, as there.</summary>
internal static class ResNet
{
    private const double BranchEnd = 0.3;

    /// <summary>ResNet-18; the small stem (3×3, stride 1, no pooling) is the one used on 32×32 images.</summary>
    public static Model Of18(NetSize size, bool smallStem) => Build("resnet18", size, [2, 2, 2, 2], smallStem, Basic, 1);

    public static Model Of50(NetSize size) => Build("resnet50", size, [3, 4, 6, 3], false, Bottleneck, 4);

    private static Model Build(
        string name, NetSize size, int[] blocks, bool smallStem, Func<FeatureMap, string, int, int, FeatureMap> block, int expansion)
    {
        var net = new NetBuilder(name, size);
        var x = smallStem ? net.Input.ConvBn("conv1", "bn1", size.Wide(64), 3, then: Activation.Relu)
            : net.Input.ConvBn("conv1", "bn1", size.Wide(64), 7, 2, then: Activation.Relu).MaxPool(3, 2, 1);
        for (var stage = 0; stage < 4; stage++)
        {
            for (var b = 0; b < size.Deep(blocks[stage]); b++)
            {
                var (at, stride, filters) = (FormattableString.Invariant($"layer{stage + 1}.{b}"), b == 0 && stage > 0 ? 2 : 1, size.Wide(64 << stage));
                var branch = block(x, at, filters, stride);
                var straight = stride == 1 && x.Channels == filters * expansion ? x
                    : x.ConvBn($"{at}.downsample.0", $"{at}.downsample.1", filters * expansion, 1, stride);
                x = branch.AddThenRelu(straight, isPositive: straight == x);
            }
        }

        return net.Classify("fc", x.GlobalPool().Flat(), x.Channels);
    }

    private static FeatureMap Basic(FeatureMap x, string at, int filters, int stride) => x
        .ConvBn($"{at}.conv1", $"{at}.bn1", filters, 3, stride, then: Activation.Relu)
        .ConvBn($"{at}.conv2", $"{at}.bn2", filters, 3, scale: BranchEnd);

    private static FeatureMap Bottleneck(FeatureMap x, string at, int filters, int stride) => x
        .ConvBn($"{at}.conv1", $"{at}.bn1", filters, 1, then: Activation.Relu)
        .ConvBn($"{at}.conv2", $"{at}.bn2", filters, 3, stride, then: Activation.Relu)
        .ConvBn($"{at}.conv3", $"{at}.bn3", filters * 4, 1, scale: BranchEnd);
}
