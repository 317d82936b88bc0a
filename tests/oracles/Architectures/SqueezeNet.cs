using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>
/// SqueezeNet 1.1, arXiv:1602.07360: fire modules, max-pools that round their size up, no linear layer: the classifier is a 1×1 convolution whose
/// ReLU'd maps are averaged. That ReLU stands between the last linear map and the scores, so such a network has no linear head.
/// </summary>
internal static class SqueezeNet
{
    public static Model Build(NetSize size)
    {
        var net = new NetBuilder("squeezenet", size);
        var x = net.Input.Conv("features.0", size.Wide(64), 3, 2, bias: true).Relu().MaxPool(3, 2, ceil: true);
        (int At, int Squeeze, int Expand, bool PoolAfter)[] fires =
            [(3, 16, 64, false), (4, 16, 64, true), (6, 32, 128, false), (7, 32, 128, true), (9, 48, 192, false), (10, 48, 192, false), (11, 64, 256, false), (12, 64, 256, false)];
        foreach (var (at, squeeze, expand, pool) in fires)
        {
            x = Fire(x, FormattableString.Invariant($"features.{at}"), size.Wide(squeeze), size.Wide(expand));
            if (pool) x = x.MaxPool(3, 2, ceil: true);
        }

        return net.End(x.Conv("classifier.1", size.Classes, 1, bias: true).Relu().GlobalPool().Flat());
    }

    private static FeatureMap Fire(FeatureMap x, string at, int squeeze, int expand)
    {
        var small = x.Conv($"{at}.squeeze", squeeze, 1, bias: true).Relu();
        return FeatureMap.Concat(small.Conv($"{at}.expand1x1", expand, 1, bias: true).Relu(), small.Conv($"{at}.expand3x3", expand, 3, bias: true).Relu());
    }
}
