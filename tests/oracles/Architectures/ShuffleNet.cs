using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>ShuffleNetV2 ×1, arXiv:1807.11164: channels split in two halves, one passed through, dealt out anew after every block.</summary>
internal static class ShuffleNet
{
    public static Model Build(NetSize size)
    {
        var net = new NetBuilder("shufflenet", size);
        var x = net.Input.ConvBn("conv1.0", "conv1.1", size.Wide(24), 3, 2, then: Activation.Relu).MaxPool(3, 2, 1);
        (int Channels, int Repeats)[] stages = [(116, 4), (232, 8), (464, 4)];
        for (var stage = 0; stage < stages.Length; stage++)
        {
            var half = size.Wide(stages[stage].Channels) / 2;
            for (var i = 0; i < 1 + size.Deep(stages[stage].Repeats - 1); i++)
            {
                var at = FormattableString.Invariant($"stage{stage + 2}.{i}");
                x = (i == 0 ? FeatureMap.Concat(Straight(x, at, half), Branch(x, at, half, 2)) : Passed(x, at, half)).Shuffle(2);
            }
        }

        x = x.ConvBn("conv5.0", "conv5.1", size.Wide(1024), 1, then: Activation.Relu);
        return net.Classify("fc", net.Mean(x.Value, false, 2, 3), x.Channels);
    }

    private static FeatureMap Passed(FeatureMap x, string at, int half)
    {
        var (first, second) = x.Halves();
        return FeatureMap.Concat(first, Branch(second, at, half, 1));
    }

    private static FeatureMap Straight(FeatureMap x, string at, int half) => x
        .ConvBn($"{at}.branch1.0", $"{at}.branch1.1", x.Channels, 3, 2, x.Channels)
        .ConvBn($"{at}.branch1.2", $"{at}.branch1.3", half, 1, then: Activation.Relu);

    private static FeatureMap Branch(FeatureMap x, string at, int half, int stride) => x
        .ConvBn($"{at}.branch2.0", $"{at}.branch2.1", half, 1, then: Activation.Relu)
        .ConvBn($"{at}.branch2.3", $"{at}.branch2.4", half, 3, stride, half)
        .ConvBn($"{at}.branch2.5", $"{at}.branch2.6", half, 1, then: Activation.Relu);
}
