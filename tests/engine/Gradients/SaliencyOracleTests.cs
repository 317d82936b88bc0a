using OnnxAudit.Data;
using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients;

/// <summary>Gradients of whole trained networks, evaluated in float64, against autograd of PyTorch in float64.</summary>
public class SaliencyOracleTests
{
    private const int Samples = 2;

    /// <summary>The oracle is each sample's mean |∂L/∂w| of every convolution filter, layers in file order, stored as float32.</summary>
    [SkippableTheory]
    [InlineData("lenet5_fmnist", "lenet5_fmnist", "fmnist_inputs200")]
    [InlineData("resnet20_cifar10_dense", "resnet20_dense_cifar10", "cifar10_inputs200")]
    public void WeightGradients_OfEverySample_AreThoseOfPyTorchInFloat64(string name, string oracle, string inputs)
    {
        var model = OnnxReader.Read(SharedData.Require($"models/{name}.onnx"));
        OpsetUpgrade.To18(model);
        var loss = ClassifierLoss.AddTo(model, "logits", ShapeFacts.Of(model.Graph));
        var weights = model.Graph.Nodes.Where(n => n.Is("Conv")).Select(n => n.Input(1)!).ToArray();
        var gradients = ReverseMode.Differentiate(loss.Emit, loss.Loss, weights);
        string[] wanted = [.. gradients.Select(g => g!.Name)];
        var (images, labels, expected) = (Read($"inputs/{inputs}.npy"), Read($"oracles/{oracle}/labels.npy"), Read($"oracles/{oracle}/saliency.npy"));
        for (var n = 0; n < Samples; n++)
        {
            var feeds = new Dictionary<string, Float64Tensor> { ["input"] = Sample(images, n), [loss.Labels!.Name] = Sample(labels, n) };
            var values = Float64Evaluator.Run(model.Graph, feeds, wanted);
            var saliency = wanted.SelectMany(w => FilterMeans(values[w])).ToArray();
            // A float32 is 6e-8 away, and ε of batch-norm is one in the file.
            Agreement.Holds(Float64Tensor.From(saliency, 1, saliency.Length), Sample(expected, n), 1e-6, $"{name}, sample {n}");
        }
    }

    private static double[] FilterMeans(Float64Tensor gradient) =>
        [.. gradient.Values.Chunk(gradient.Values.Length / (int)gradient.Dims[0]).Select(filter => filter.Average(Math.Abs))];

    private static Float64Tensor Read(string path) => Float64Tensor.Of(NpyFile.Read(SharedData.Require(path)));

    private static Float64Tensor Sample(Float64Tensor all, int n)
    {
        var each = all.Values.Length / (int)all.Dims[0];
        return new(all.Type, [1, .. all.Dims[1..]], all.Values[(n * each)..((n + 1) * each)]);
    }
}
