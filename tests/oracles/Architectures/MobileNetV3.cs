using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>MobileNetV3-Small, arXiv:1905.02244: hard-swish, squeeze-excite gated by hard-sigmoid, 5×5 depthwise convolutions.</summary>
internal static class MobileNetV3
{
    // Kernel, expanded channels, channels, squeeze-excite, hard-swish (else ReLU), stride.
    private static readonly (int K, int E, int C, bool Se, bool Hs, int S)[] Blocks =
    [
        (3, 16, 16, true, false, 2), (3, 72, 24, false, false, 2), (3, 88, 24, false, false, 1), (5, 96, 40, true, true, 2), (5, 240, 40, true, true, 1),
        (5, 240, 40, true, true, 1), (5, 120, 48, true, true, 1), (5, 144, 48, true, true, 1), (5, 288, 96, true, true, 2), (5, 576, 96, true, true, 1),
        (5, 576, 96, true, true, 1),
    ];

    public static Model Build(NetSize size)
    {
        var net = new NetBuilder("mobilenetv3", size);
        var x = net.Input.ConvBn("features.0.0", "features.0.1", size.Wide(16), 3, 2, then: Activation.HardSwish);
        for (var i = 0; i < Blocks.Length; i++)
        {
            var (k, e, c, se, hs, s) = Blocks[i];
            var (at, wide, act) = (FormattableString.Invariant($"features.{i + 1}.block"), size.Wide(e), hs ? Activation.HardSwish : Activation.Relu);
            var made = x.ConvBn($"{at}.expand.0", $"{at}.expand.1", wide, 1, then: act).ConvBn($"{at}.depth.0", $"{at}.depth.1", wide, k, s, wide, act);
            if (se) made = made.SqueezeExcite($"{at}.se", "fc1", "fc2", Math.Max(4, wide / 4), Activation.Relu, Activation.HardSigmoid);
            made = made.ConvBn($"{at}.project.0", $"{at}.project.1", size.Wide(c), 1);
            x = s == 1 && x.Channels == made.Channels ? x.Add(made) : made;
        }

        x = x.ConvBn("features.12.0", "features.12.1", size.Wide(576), 1, then: Activation.HardSwish);
        var hidden = size.Wide(1024);
        var features = net.Node("Gemm", [x.GlobalPool().Flat(), net.Normal("classifier.0.weight", Math.Sqrt(2.0 / x.Channels), hidden, x.Channels), net.Normal("classifier.0.bias", 0.05, hidden)],
            NodeAttribute.Of("transB", 1L));
        return net.Classify("classifier.3", Activation.HardSwish.Apply(net, features), hidden);
    }
}
