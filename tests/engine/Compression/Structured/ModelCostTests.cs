using OnnxAudit.Compression.Structured;
using OnnxAudit.Tests.Oracles.Architectures;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Compression.Structured;

/// <summary>Multiply-adds by hand and as published.</summary>
public class ModelCostTests
{
    [Fact]
    public void Layers_CountTheirProducts()
    {
        var net = new NetBuilder("small", new NetSize(8, Classes: 5));
        var x = net.Input.Conv("a", 4, 3, bias: true).Conv("d", 4, 3, 2, groups: 4).GlobalPool();
        var cost = ModelCost.Of(net.Classify("fc", x.Flat(), 4), RuntimeLibrary.Loaded);
        Assert.Equal([("Conv", 4L, 4 * 64 * 27L, 4 * 27 + 4L), ("Conv", 4, 4 * 16 * 9, 36), ("Gemm", 5, 20, 25)], cost.Layers.Select(l => (l.OpType, l.Channels, l.Macs, l.Parameters)));
        Assert.Equal((112 + 36 + 25L, 4 * (112 + 36 + 25L)), (cost.Parameters, cost.WeightBytes));
        Assert.Equal(2 * cost.Macs, cost.Flops);
    }

    // GFLOPS of torchvision's model pages, which count multiply-adds: 4.09, 0.3, 0.14.
    [Theory]
    [InlineData("resnet50", 4.085, 4.095)]
    [InlineData("mobilenetv2", 0.295, 0.305)]
    [InlineData("shufflenet", 0.14, 0.15)]
    public void FullSize_HasThePublishedCost(string name, double low, double high)
    {
        var architecture = Architecture.Of(name);
        Assert.InRange(ModelCost.Of(architecture.Build(architecture.Full), RuntimeLibrary.Loaded).Macs / 1e9, low, high);
    }
}
