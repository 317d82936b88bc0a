using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Compression;

/// <summary>g·w of single samples and of a batch mean, summed per filter, against PyTorch's float64 figures.</summary>
public class TaylorOracleTests
{
    /// <summary>
    /// 5e-3 of the entry, or of a hundredth of the sample's largest where it is smaller: what the oracle's note gives for float32 sign flips of ReLU inputs near 0;
    /// signed sums cancel, so that they are measured against the absolute sum.
    /// </summary>
    [SkippableTheory]
    [InlineData("lenet5_fmnist", "fmnist_inputs200", "lenet5_fmnist", 40)]
    [InlineData("resnet20_cifar10_dense", "cifar10_inputs200", "resnet20_dense_cifar10", 8)]
    public void Taylor_OfSingleSamples_AgreesWithPyTorch(string model, string inputs, string oracle, int count)
    {
        var (network, tensors, data) = Open(model, inputs, oracle, count);
        using (data)
        {
            using var pass = GradientPass.Open(network, tensors, new GradientSource(RuntimeLibrary.Loaded, data, null), data, products: false);
            var (abs, sum) = (Oracle(oracle, "taylor_abs"), Oracle(oracle, "taylor_sum"));
            var filters = (int)abs.Dims[1];
            var (sample, filter) = (-1, 0);
            pass.OverSamples((t, gradient) =>
            {
                if (t == 0) (sample, filter) = (sample + 1, 0);
                var weights = tensors[t].Tensor.ToFloats();
                var size = weights.Length / (int)tensors[t].Tensor.Dims[0];
                var row = abs.Values.AsSpan(sample * filters, filters);
                var floor = System.Numerics.Tensors.TensorPrimitives.Max<float>(row) / 100;
                for (var first = 0; first < weights.Length; first += size, filter++)
                {
                    var (total, signed) = (0.0, 0.0);
                    for (var i = first; i < first + size; i++) (total, signed) = (total + Math.Abs(gradient[i] * weights[i]), signed + (double)gradient[i] * weights[i]);
                    var expected = row[filter];
                    var allowed = 5e-3 * Math.Max(expected, floor);
                    Assert.InRange(total / size, expected - allowed, expected + allowed);
                    Assert.InRange(signed, sum.Values[sample * filters + filter] - allowed * size, sum.Values[sample * filters + filter] + allowed * size);
                }
            });
            Assert.Equal((count - 1, filters), (sample, filter));
        }
    }

    /// <summary>Σ g·w over a filter, negated, is the first-order change of the mean loss that PyTorch stored; 1e-4 of the largest.</summary>
    [SkippableFact]
    public void Taylor_OfTheMeanLoss_PredictsFilterRemovalAsPyTorchDoes()
    {
        var (network, tensors, data) = Open("lenet5_fmnist", "fmnist_inputs200", "lenet5_fmnist", 200);
        using (data)
        {
            var signed = new GradientMethod(200, Curvature.None, (g, _, w) => -g * w);
            var scores = GradientScores.Of(network, tensors, signed, new MaskRecipe { Method = "taylor", Amount = .5 }, new GradientSource(RuntimeLibrary.Loaded, data, null));
            var expected = Oracle("lenet5_fmnist", "removal_taylor1").Values;
            var found = tensors.SelectMany((t, i) => scores[i].ToArray().Chunk((int)(t.Tensor.Count / t.Tensor.Dims[0])).Select(filter => filter.Sum(s => (double)s))).ToArray();
            Assert.Equal(expected.Length, found.Length);
            for (var k = 0; k < found.Length; k++) Assert.Equal(expected[k], found[k], 1e-4 * expected.Max(Math.Abs));
        }
    }

    private static (Model, IReadOnlyList<PrunableTensor>, ImageDataset) Open(string model, string inputs, string oracle, int count)
    {
        var network = OnnxReader.Read(SharedData.Require($"models/{model}.onnx"));
        var spec = FormattableString.Invariant($"npy:{SharedData.Require($"inputs/{inputs}.npy")},{SharedData.Require($"oracles/{oracle}/labels.npy")}#[0:{count}]");
        return (network, Prunable.Find(network, include: ["Conv"]), DataSpec.Open(spec, new DataOptions()));
    }

    private static NpyArray Oracle(string oracle, string array) => NpyArray.Read(SharedData.Require($"oracles/{oracle}/{array}.npy"));
}
