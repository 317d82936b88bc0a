using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>VGG-16, arXiv:1409.1556: convolutions with bias and no normalisation, three linear layers with dropout left in as a node that does nothing.</summary>
internal static class Vgg
{
    // Channels of the convolutions; 0 is a pooling.
    private static readonly int[] Layers = [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0];

    public static Model Of16(NetSize size)
    {
        var net = new NetBuilder("vgg16", size);
        var x = net.Input;
        var at = 0;
        foreach (var filters in Layers)
        {
            x = filters == 0 ? x.MaxPool(2, 2) : x.Conv(FormattableString.Invariant($"features.{at}"), size.Wide(filters), 3, bias: true).Relu();
            at += filters == 0 ? 1 : 2;
        }

        var features = x.Flat();
        var (count, hidden) = (x.Channels * x.Side * x.Side, size.Wide(4096));
        foreach (var layer in new[] { "classifier.0", "classifier.3" })
        {
            var linear = net.Node("Gemm", [features, net.Normal($"{layer}.weight", Math.Sqrt(2.0 / count), hidden, count), net.Normal($"{layer}.bias", 0.05, hidden)],
                NodeAttribute.Of("transB", 1L));
            features = net.Node("Dropout", [net.Node("Relu", [linear])]);
            count = hidden;
        }

        return net.Classify("classifier.6", features, count);
    }
}
