using OnnxAudit.Bundles;
using OnnxAudit.Data;
using OnnxAudit.Kernels;
using OnnxAudit.Plans;
using OnnxAudit.Runs;
using OnnxAudit.Saliency;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Runs;

namespace OnnxAudit.Tests.Saliency;

/// <summary>
/// Saliency through the whole path, model file and pixels in, bundle columns out, against PyTorch's float64 figures. Relative errors have the denominator
/// max(|reference|, 1e-6). On ResNet-20 a float32 forward pass puts a few ReLU inputs near 0 on the other side, and each such flip moves every filter before it in
/// its sample; which samples are hit changes with the order of additions. With the forward pass in float64 none is (Gradients/Wide), and the gradient graph itself,
/// evaluated in float64, agrees to 1e-6 (Gradients/SaliencyOracleTests).
/// </summary>
public sealed class SaliencyOracleTests
{
    public static TheoryData<string, string, int, string, string> Cases()
    {
        (string, string, int, string)[] oracles =
        [
            ("lenet5_fmnist", "fmnist", 200, "lenet5_fmnist"),
            ("resnet20_cifar10_dense", "cifar10", 200, "resnet20_dense_cifar10"),
            ("resnet20_cifar10_mag50", "cifar10", 200, "resnet20_mag50_cifar10"),
            ("resnet20_cifar10_dense", "fmnist32x3", 64, "resnet20_dense_on_fmnist32x3"),
            ("resnet20_cifar10_mag50", "fmnist32x3", 64, "resnet20_mag50_on_fmnist32x3"),
        ];
        var cases = new TheoryData<string, string, int, string, string>();
        foreach (var (model, inputs, count, oracle) in oracles)
        {
            cases.Add(model, inputs, count, oracle, "fused");
            cases.Add(model, inputs, count, oracle, "portable");
            cases.Add(model, inputs, count, oracle, "fused-float64");
            cases.Add(model, inputs, count, oracle, "portable-float64");
        }

        foreach (var form in FilterSaliencyForm.All) cases.Add("lenet5_fmnist", "fmnist", 200, "lenet5_fmnist", form.Name);
        foreach (var form in FilterSaliencyForm.All) cases.Add("resnet20_cifar10_dense", "fmnist32x3", 64, "resnet20_dense_on_fmnist32x3", $"{form.Name}-float64");
        foreach (var form in FilterSaliencyForm.All) cases.Add("resnet20_cifar10_dense", "fmnist32x3", 64, "resnet20_dense_on_fmnist32x3", form.Name);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Profiles_AgreeWithPyTorch(string model, string inputs, int count, string oracle, string way)
    {
        var form = way.EndsWith("-float64", StringComparison.Ordinal) ? way[..^8] : way;
        Skip.If(FilterSaliencyForm.All.FirstOrDefault(f => f.Name == form) is { Supported: false }, $"form {form} cannot run here");
        using var folder = new TemporaryFolder();
        var bundle = Measure(model, inputs, count, folder.Path, form, way != form);
        var cell = bundle.Cells[0];
        var reference = Doubles(oracle, "saliency");
        var errors = Errors(bundle.Column(cell.Cell, "saliency").Span<float>(), reference);
        var strict = model.StartsWith("lenet5", StringComparison.Ordinal);
        var exactSigns = way != form;
        Assert.True(errors.Max() <= (strict ? 1e-4 : exactSigns ? 2e-2 : 0.1), $"largest relative error {errors.Max():0.0e0}");
        Assert.True(errors.Count(e => e <= 1e-4) >= (strict ? 1 : exactSigns ? 0.999 : 0.99) * errors.Length, $"{errors.Count(e => e > 1e-4)} of {errors.Length} entries above 1e-4");
        var (mean, deviation) = (Doubles(oracle, "saliency_mean"), Doubles(oracle, "saliency_std_unbiased"));
        var ours = bundle.Column(cell.Cell, "saliency_standardised").Span<float>();
        var filters = mean.Length;
        for (var i = 0; i < ours.Length; i++)
        {
            var expected = (reference[i] - mean[i % filters]) / (deviation[i % filters] > 1e-14 ? deviation[i % filters] : 1);
            Assert.True(Math.Abs(ours[i] - expected) <= (strict || exactSigns ? 1e-3 : 0.2) * Math.Max(1, Math.Abs(expected)), $"sample {i / filters}, filter {i % filters}: {ours[i]} for {expected}");
        }

        Assert.Equal(filters, cell.Result.Layers.Sum(l => l.Filters));
    }

    private static Bundle Measure(string model, string inputs, int count, string folder, string form, bool wide)
    {
        var images = SharedData.Require($"inputs/{inputs}_inputs{count}.npy");
        var labels = SharedData.Require($"inputs/{inputs}_labels{count}.npy");
        var plan = new AuditPlan
        {
            Variants = [new VariantPlan("model", SharedData.Require($"models/{model}.onnx"), null)],
            Suites = [new SuitePlan("oracle", $"npy:{images},{labels}")],
            Batch = 48,
            LatencyRuns = 0,
            Kernels = form is "fused" or "portable" ? "auto" : form,
            Saliency = new SaliencyOptions
            {
                Way = form == "portable" ? SaliencyWay.Portable : SaliencyWay.Fused,
                Forward = wide ? ForwardPrecision.Float64 : ForwardPrecision.Float32,
            },
        };
        using var audit = PreparedAudit.Prepare(plan, TestEnvironment.Create());
        AuditBundle.Run(audit, folder, Shard.Whole, resume: false, progress: null, CancellationToken.None);
        return Bundle.Open(folder);
    }

    private static double[] Errors(ReadOnlySpan<float> ours, double[] reference)
    {
        Assert.Equal(reference.Length, ours.Length);
        var errors = new double[reference.Length];
        for (var i = 0; i < errors.Length; i++) errors[i] = Math.Abs(ours[i] - reference[i]) / Math.Max(Math.Abs(reference[i]), 1e-6);
        return errors;
    }

    private static double[] Doubles(string oracle, string array)
    {
        var tensor = NpyFile.Read(SharedData.Require($"oracles/{oracle}/{array}.npy"));
        return tensor.Type == OnnxAudit.Graphs.ElementType.Double ? tensor.Span<double>().ToArray() : [.. tensor.Span<float>().ToArray().Select(v => (double)v)];
    }
}
