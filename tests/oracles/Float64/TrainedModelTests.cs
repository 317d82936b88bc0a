using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Tests.Oracles;

/// <summary>The evaluator on whole trained networks against PyTorch in float64.</summary>
public class TrainedModelTests
{
    private const int Samples = 2;

    [SkippableTheory]
    [InlineData("lenet5_fmnist", "lenet5_fmnist", "fmnist_inputs200")]
    [InlineData("resnet20_cifar10_dense", "resnet20_dense_cifar10", "cifar10_inputs200")]
    public void Logits_AreThoseOfPyTorchInFloat64(string model, string oracle, string inputs)
    {
        var graph = OnnxReader.Read(SharedData.Require($"models/{model}.onnx")).Graph;
        var images = First(NpyFile.Read(SharedData.Require($"inputs/{inputs}.npy")));
        var expected = First(NpyFile.Read(SharedData.Require($"oracles/{oracle}/logits.npy")));
        var logits = Float64Evaluator.Run(graph, new Dictionary<string, Float64Tensor> { ["input"] = images }, "logits")["logits"];
        Assert.Equal(expected.Dims, logits.Dims);
        // The file holds batch-norm's ε as a float32, 2.5e-13 from PyTorch's 1e-5, under variances down to 1e-3; sums in another order differ by less.
        for (var i = 0; i < logits.Values.Length; i++) Assert.Equal(expected.Values[i], logits.Values[i], 1e-9);
    }

    private static Float64Tensor First(Tensor tensor)
    {
        var all = Float64Tensor.Of(tensor);
        return new(all.Type, [Samples, .. all.Dims[1..]], all.Values[..(all.Values.Length / (int)all.Dims[0] * Samples)]);
    }
}
