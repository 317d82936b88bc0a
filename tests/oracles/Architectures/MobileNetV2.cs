using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>MobileNetV2, arXiv:1801.04381: inverted residuals, depthwise convolutions, ReLU6 as Clip, linear bottlenecks.</summary>
internal static class MobileNetV2
{
    // Expansion, channels, repeats, stride.
    private static readonly (int T, int C, int N, int S)[] Stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    public static Model Build(NetSize size)
    {
        var net = new NetBuilder("mobilenetv2", size);
        var x = net.Input.ConvBn("features.0.0", "features.0.1", size.Wide(32), 3, 2, then: Activation.Relu6);
        var at = 1;
        foreach (var (t, c, n, s) in Stages)
            for (var i = 0; i < size.Deep(n); i++) x = Block(x, FormattableString.Invariant($"features.{at++}.conv"), t, size.Wide(c), i == 0 ? s : 1);
        x = x.ConvBn("features.18.0", "features.18.1", size.Wide(1280), 1, then: Activation.Relu6);
        return net.Classify("classifier.1", x.GlobalPool().Flat(), x.Channels);
    }

    private static FeatureMap Block(FeatureMap x, string at, int expansion, int filters, int stride)
    {
        var wide = x.Channels * expansion;
        var inner = expansion == 1 ? x : x.ConvBn($"{at}.expand.0", $"{at}.expand.1", wide, 1, then: Activation.Relu6);
        var made = inner.ConvBn($"{at}.depth.0", $"{at}.depth.1", wide, 3, stride, wide, Activation.Relu6).ConvBn($"{at}.project.0", $"{at}.project.1", filters, 1);
        return stride == 1 && x.Channels == filters ? x.Add(made) : made;
    }
}
