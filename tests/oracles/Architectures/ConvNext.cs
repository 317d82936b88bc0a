using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>ConvNeXt-Tiny, arXiv:2201.03545: patches, depthwise 7×7, layer-norm over channels laid last, linear layers as MatMul, GELU, layer scale.</summary>
internal static class ConvNext
{
    public static Model Build(NetSize size)
    {
        var net = new NetBuilder("convnext", size);
        int[] channels = [96, 192, 384, 768], blocks = [3, 3, 9, 3];
        var x = Norm(net.Input.Conv("stem.0", size.Wide(channels[0]), 4, 4, bias: true, pad: 0), "stem.1");
        for (var stage = 0; stage < 4; stage++)
        {
            if (stage > 0) x = Norm(x, FormattableString.Invariant($"stages.{stage}.downsample.0")).Conv(FormattableString.Invariant($"stages.{stage}.downsample.1"), size.Wide(channels[stage]), 2, 2, bias: true, pad: 0);
            for (var b = 0; b < size.Deep(blocks[stage]); b++) x = Block(x, FormattableString.Invariant($"stages.{stage}.blocks.{b}"));
        }

        var features = net.LayerNorm("head.norm", x.GlobalPool().Flat(), x.Channels);
        return net.Classify("head.fc", features, x.Channels);
    }

    private static FeatureMap Block(FeatureMap x, string at)
    {
        var (net, c) = (x.Net, x.Channels);
        var last = net.LayerNorm($"{at}.norm", Transposed(net, x.Conv($"{at}.conv_dw", c, 7, groups: c, bias: true).Value, 0, 2, 3, 1), c);
        var inner = Activation.Gelu.Apply(net, net.Linear($"{at}.mlp.fc1", last, c, 4 * c, 1));
        var made = net.Node("Mul", [net.Linear($"{at}.mlp.fc2", inner, 4 * c, c), net.Uniform($"{at}.gamma", 0.1, 0.5, c)]);
        return x.Add(x with { Value = Transposed(net, made, 0, 3, 1, 2), Power = 0.1 });
    }

    private static FeatureMap Norm(FeatureMap x, string name) =>
        x with { Value = Transposed(x.Net, x.Net.LayerNorm(name, Transposed(x.Net, x.Value, 0, 2, 3, 1), x.Channels), 0, 3, 1, 2), Power = 1 };

    private static Value Transposed(NetBuilder net, Value x, params long[] perm) => net.Node("Transpose", [x], NodeAttribute.Of("perm", perm));
}
