using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>DenseNet-121, arXiv:1608.06993: every layer sees all maps before it; batch-norm comes before the convolution, so it cannot be folded into one before it.</summary>
internal static class DenseNet
{
    public static Model Of121(NetSize size)
    {
        var net = new NetBuilder("densenet121", size);
        var growth = size.Wide(32);
        var x = net.Input.ConvBn("features.conv0", "features.norm0", size.Wide(64), 7, 2, then: Activation.Relu).MaxPool(3, 2, 1);
        int[] blocks = [6, 12, 24, 16];
        for (var b = 0; b < 4; b++)
        {
            for (var l = 0; l < size.Deep(blocks[b]); l++)
            {
                var at = FormattableString.Invariant($"features.denseblock{b + 1}.denselayer{l + 1}");
                var grown = x.Bn($"{at}.norm1").Relu().ConvBn($"{at}.conv1", $"{at}.norm2", 4 * growth, 1, then: Activation.Relu).Conv($"{at}.conv2", growth, 3);
                x = FeatureMap.Concat(x, grown);
            }

            if (b == 3) break;
            var transition = FormattableString.Invariant($"features.transition{b + 1}");
            x = x.Bn($"{transition}.norm").Relu().Conv($"{transition}.conv", x.Channels / 2, 1);
            if (x.Side > 1) x = x.AveragePool(2, 2);
        }

        x = x.Bn("features.norm5").Relu();
        return net.Classify("classifier", x.GlobalPool().Flat(), x.Channels);
    }
}
