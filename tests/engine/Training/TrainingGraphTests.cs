using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

/// <summary>What a training graph consists of.</summary>
public class TrainingGraphTests
{
    [Fact]
    public void Weights_AreInputsInForwardOrderWithTheirRoles()
    {
        var graph = TrainingOracle.State().Graph;
        Assert.Equal(
            [("conv1.weight", WeightRole.Kernel), ("bn1.weight", WeightRole.NormScale), ("bn1.bias", WeightRole.NormShift), ("conv2.weight", WeightRole.Kernel),
                ("conv2.bias", WeightRole.Bias), ("fc.weight", WeightRole.Matrix), ("fc.bias", WeightRole.Bias)],
            graph.Weights.Select(w => (w.Name, w.Role)));
        Assert.Equal([(27L, 54L), (54L, 72L), (8L, 5L)], graph.Weights.Where(w => w.FanIn > 1).Select(w => (w.FanIn, w.FanOut)));
        foreach (var weight in graph.Weights)
        {
            var value = graph.Model.Graph.Find(weight.Name)!;
            Assert.True(value is { IsInput: true, Initializer: null }, weight.Name);
        }
    }

    [Fact]
    public void Norms_KeepThePerSampleSizeAndMomentumOfTheFile()
    {
        var norm = Assert.Single(TrainingOracle.State().Graph.Norms);
        Assert.Equal(("bn1.running_mean", "bn1.running_var", 6, 64L), (norm.Mean, norm.Variance, norm.Channels, norm.PerSample));
        Assert.Equal(0.9f, norm.Momentum);
    }

    [Fact]
    public void TheGivenModel_IsNotChanged()
    {
        var net = TrainingOracle.Net();
        var before = OnnxWriter.ToBytes(net);
        TrainingGraph.Build(net, [3, 8, 8], null, new TrainingLoss());
        Assert.Equal(before, OnnxWriter.ToBytes(net));
    }

    [Fact]
    public void ConstantsBeforeTheFirstLayer_AreNotTrained()
    {
        var net = TrainingOracle.Net();
        var (graph, image) = (net.Graph, net.Graph.Inputs[0]);
        var scaled = graph.Value("scaled");
        Graph.ReplaceUses(image, scaled);
        graph.AddNode("Mul", [image, graph.SetInitializer("image.std", Tensor.FromFloats([1, 3, 1, 1], [1, 2, 3]))], [scaled], at: 0);
        var built = TrainingGraph.Build(net, [3, 8, 8], null, new TrainingLoss());
        Assert.DoesNotContain(built.Weights, w => w.Name == "image.std");
        Assert.Equal(7, built.Weights.Count);
    }

    [Fact]
    public void ABiasAddedAfterAMatMul_IsTrained()
    {
        var net = TrainingOracle.Net();
        var graph = net.Graph;
        var logits = graph.Outputs[0];
        graph.RemoveOutput(logits);
        var shifted = graph.Value("shifted");
        graph.AddNode("Add", [logits, graph.SetInitializer("shift", Tensor.FromFloats([5], new float[5]))], [shifted]);
        graph.AddOutput(shifted);
        Assert.Contains(TrainingGraph.Build(net, [3, 8, 8], null, new TrainingLoss()).Weights, w => w is { Name: "shift", Role: WeightRole.Bias });
    }

    [Fact]
    public void NormalisationInTrainingForm_IsRefused()
    {
        var net = TrainingOracle.Net();
        net.Graph.Nodes.Single(n => n.Is("BatchNormalization")).Set(NodeAttribute.Of("training_mode", 1L));
        net.Opsets[0] = new("", 15);
        var error = Assert.Throws<AuditException>(() => TrainingGraph.Build(net, [3, 8, 8], null, new TrainingLoss()));
        Assert.Equal((AuditCode.Invalid, "training form"), (error.Code, error.Found));
    }

    /// <summary>Exporters store equal tensors once: an untrained ResNet's scales are all ones, and must not stay tied.</summary>
    [Fact]
    public void EqualTensorsStoredOnce_BecomeTensorsOfTheirOwn()
    {
        var net = TrainingOracle.Net();
        var graph = net.Graph;
        var (norm, conv) = (graph.Nodes.Single(n => n.Is("BatchNormalization")), graph.Nodes.Last(n => n.Is("Conv")));
        var alias = graph.Value("alias");
        graph.AddNode("Identity", [graph.SetInitializer("eight", Tensor.FromFloats([8], new float[8]))], [alias], at: 0);
        conv.SetInput(2, alias);
        var twin = graph.Value("twin");
        var at = graph.Nodes.Index().Single(n => n.Item == norm).Index;
        Graph.ReplaceUses(norm.Outputs[0]!, twin);
        graph.AddNode("BatchNormalization", [norm.Outputs[0], .. norm.Inputs.Skip(1)], [twin], "twin", at: at + 1);
        Assert.Equal(3, OwnTensors.Give(net));
        Assert.Null(GraphRules.FirstBroken(graph));
        var built = TrainingGraph.Build(net, [3, 8, 8], null, new TrainingLoss());
        Assert.Contains(built.Weights, w => w.Name == "alias");
        Assert.Equal(["bn1.running_mean", "bn1.running_mean.own"], built.Norms.Select(n => n.Mean).Order(StringComparer.Ordinal));
        Assert.Single(built.Weights, w => w.Role == WeightRole.NormScale); // tied weights stay tied
    }

    [Fact]
    public void LabelSmoothingOutOfRange_IsRefused() => Assert.Throws<AuditException>(() => new TrainingLoss(1).Validated());
}
