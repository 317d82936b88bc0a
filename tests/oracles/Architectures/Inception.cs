using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>
/// A network of Inception's kind, arXiv:1512.00567: branches of 1×1, 5×5, double 3×3, 1×7 with 7×1 and pooling, side by side; grids made smaller by a
/// strided convolution beside an overlapping max-pool. Padded throughout, so that small images pass.
/// </summary>
internal static class Inception
{
    public static Model Build(NetSize size)
    {
        var net = new NetBuilder("inception", size);
        var x = Layer(Layer(net.Input, "stem.0", size.Wide(32), 3, 2), "stem.1", size.Wide(64), 3).MaxPool(3, 2, 1);
        for (var i = 0; i < size.Deep(3); i++) x = Wide(x, FormattableString.Invariant($"a.{i}"), size);
        x = Smaller(x, "b", size);
        for (var i = 0; i < size.Deep(4); i++) x = Factored(x, FormattableString.Invariant($"c.{i}"), size);
        x = Smaller(x, "d", size);
        return net.Classify("fc", x.GlobalPool().Flat(), x.Channels);
    }

    private static FeatureMap Wide(FeatureMap x, string at, NetSize size) => FeatureMap.Concat(
        Layer(x, $"{at}.one", size.Wide(64), 1),
        Layer(Layer(x, $"{at}.five.0", size.Wide(48), 1), $"{at}.five.1", size.Wide(64), 5),
        Layer(Layer(Layer(x, $"{at}.three.0", size.Wide(64), 1), $"{at}.three.1", size.Wide(96), 3), $"{at}.three.2", size.Wide(96), 3),
        Layer(x.AveragePool(3, 1, 1), $"{at}.pool", size.Wide(32), 1));

    private static FeatureMap Factored(FeatureMap x, string at, NetSize size)
    {
        var (narrow, wide) = (size.Wide(128), size.Wide(192));
        return FeatureMap.Concat(
            Layer(x, $"{at}.one", wide, 1),
            Layer(Layer(Layer(x, $"{at}.seven.0", narrow, 1), $"{at}.seven.1", narrow, (1, 7)), $"{at}.seven.2", wide, (7, 1)),
            Layer(x.MaxPool(3, 1, 1), $"{at}.pool", wide, 1));
    }

    private static FeatureMap Smaller(FeatureMap x, string at, NetSize size) => FeatureMap.Concat(Layer(x, $"{at}.conv", size.Wide(128), 3, 2), x.MaxPool(3, 2, 1));

    private static FeatureMap Layer(FeatureMap x, string at, int filters, int kernel, int stride = 1) => x.ConvBn($"{at}.conv", $"{at}.bn", filters, kernel, stride, then: Activation.Relu);

    private static FeatureMap Layer(FeatureMap x, string at, int filters, (int H, int W) kernel) => x.Conv($"{at}.conv", filters, kernel).Bn($"{at}.bn").Relu();
}
