using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Saliency;
using OnnxAudit.Tests.Oracles;
using OnnxAudit.Tests.Oracles.Architectures;
using OnnxAudit.Tests.Runs;
using OnnxAudit.Tests.Runtime;
using Xunit.Abstractions;

namespace OnnxAudit.Tests.Saliency;

/// <summary>Saliency with WebGPU as provider against the CPU. A software Vulkan driver is enough; the differences are printed, see docs/methods.md.</summary>
[Collection(Ort.WebGpu)]
public sealed class WebGpuSaliencyTests(ITestOutputHelper output)
{
    // LeNet-5 and the Inception-style network have max-pools, side by side and overlapping, whose indices WebGPU does not give; ResNet-20 has strided convolutions and branches.
    [SkippableTheory]
    [InlineData("lenet5_fmnist", "fmnist_inputs200", 16, SaliencyWay.Portable)]
    [InlineData("lenet5_fmnist", "fmnist_inputs200", 16, SaliencyWay.Fused)]
    [InlineData("resnet20_cifar10_dense", "cifar10_inputs200", 4, SaliencyWay.Portable)]
    [InlineData("inception", null, 2, SaliencyWay.Portable)]
    public void Profiles_AgreeWithTheCpus(string name, string? inputs, int samples, SaliencyWay way)
    {
        using var gpu = Ort.OrSkip(() => Open(name, inputs, way, "webgpu"));
        using var cpu = Open(name, inputs, way, "cpu");
        var (images, dims) = Images(name, inputs, samples);
        var labels = Enumerable.Range(0, samples).Select(i => i % 10).ToArray();
        var (expected, found) = (new float[samples * cpu.Filters], new float[samples * gpu.Filters]);
        cpu.Run(images, dims, labels, expected, []);
        gpu.Run(images, dims, labels, found, []);
        var errors = expected.Zip(found, (e, f) => Math.Abs(f - e) / Math.Max(Math.Abs(e), 1e-6)).Order().ToArray();
        output.WriteLine(FormattableString.Invariant(
            $"WebGPU against CPU: {name}, {way}, {samples} samples: largest relative difference {errors[^1]:0.0e0}, {100.0 * errors.Count(e => e > 1e-4) / errors.Length:0.00} % of {errors.Length} entries above 1e-4"));
        // Sums in another order: a ReLU input near 0 may fall on the other side, and then everything before it in its sample moves.
        Assert.True(errors[errors.Length / 2] <= 1e-5, $"median of the relative differences {errors[errors.Length / 2]:0.0e0}");
        Assert.True(errors[^1] <= (name.StartsWith("lenet", StringComparison.Ordinal) ? 1e-3 : 0.1), $"largest relative difference {errors[^1]:0.0e0}");
    }

    private static SaliencySession Open(string name, string? inputs, SaliencyWay way, string provider)
    {
        var model = inputs is null ? Architecture.Of(name).Build(Architecture.Of(name).Small) : OnnxReader.Read(SharedData.Require($"models/{name}.onnx"));
        long[] sample = inputs is null ? [3, Architecture.Of(name).Small.Side, Architecture.Of(name).Small.Side] : name.StartsWith("lenet", StringComparison.Ordinal) ? [1, 28, 28] : [3, 32, 32];
        return SaliencySession.Open(model, sample, TestEnvironment.Ort, new SessionSettings { Provider = provider, Threads = 2 }, KernelSet.Choose("auto"), new SaliencyOptions { Way = way });
    }

    private static (float[] Images, long[] Dims) Images(string name, string? inputs, int samples)
    {
        if (inputs is null)
        {
            var random = Float64Tensor.Random(7, samples, 3, Architecture.Of(name).Small.Side, Architecture.Of(name).Small.Side);
            return ([.. random.Values.Select(v => (float)v)], random.Dims);
        }

        var file = NpyFile.Read(SharedData.Require($"inputs/{inputs}.npy"));
        return (file.Span<float>()[..(int)(file.Count / file.Dims[0] * samples)].ToArray(), [samples, .. file.Dims[1..]]);
    }
}
