using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>EfficientNet-B0, arXiv:1905.11946: swish, squeeze-excite gated by sigmoid, pooling written as ReduceMean.</summary>
internal static class EfficientNet
{
    // Expansion, kernel, channels, repeats, stride.
    private static readonly (int T, int K, int C, int N, int S)[] Stages =
        [(1, 3, 16, 1, 1), (6, 3, 24, 2, 2), (6, 5, 40, 2, 2), (6, 3, 80, 3, 2), (6, 5, 112, 3, 1), (6, 5, 192, 4, 2), (6, 3, 320, 1, 1)];

    public static Model Build(NetSize size)
    {
        var net = new NetBuilder("efficientnet", size);
        var x = net.Input.ConvBn("stem.conv", "stem.bn", size.Wide(32), 3, 2, then: Activation.Swish);
        for (var stage = 0; stage < Stages.Length; stage++)
        {
            var (t, k, c, n, s) = Stages[stage];
            for (var i = 0; i < size.Deep(n); i++) x = Block(x, FormattableString.Invariant($"blocks.{stage}.{i}"), t, k, size.Wide(c), i == 0 ? s : 1);
        }

        x = x.ConvBn("head.conv", "head.bn", size.Wide(1280), 1, then: Activation.Swish);
        return net.Classify("classifier", net.Mean(x.Value, false, 2, 3), x.Channels);
    }

    private static FeatureMap Block(FeatureMap x, string at, int expansion, int kernel, int filters, int stride)
    {
        var wide = x.Channels * expansion;
        var inner = expansion == 1 ? x : x.ConvBn($"{at}.expand.conv", $"{at}.expand.bn", wide, 1, then: Activation.Swish);
        var made = inner.ConvBn($"{at}.depth.conv", $"{at}.depth.bn", wide, kernel, stride, wide, Activation.Swish)
            .SqueezeExcite($"{at}.se", "reduce", "expand", Math.Max(2, x.Channels / 4), Activation.Swish, Activation.Sigmoid)
            .ConvBn($"{at}.project.conv", $"{at}.project.bn", filters, 1);
        return stride == 1 && x.Channels == filters ? x.Add(made) : made;
    }
}
