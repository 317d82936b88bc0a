using OnnxAudit.Bundles;
using OnnxAudit.Data;
using OnnxAudit.Plans;
using OnnxAudit.Runs;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Runs;

/// <summary>The whole path, model file and pixels in, bundle columns out, against PyTorch's float64 figures for the same samples.</summary>
public sealed class AuditOracleTests
{
    [SkippableTheory]
    [InlineData("lenet5_fmnist", "fmnist", 200, "lenet5_fmnist")]
    [InlineData("resnet20_cifar10_dense", "cifar10", 200, "resnet20_dense_cifar10")]
    [InlineData("resnet20_cifar10_mag50", "cifar10", 200, "resnet20_mag50_cifar10")]
    [InlineData("resnet20_cifar10_dense", "fmnist32x3", 64, "resnet20_dense_on_fmnist32x3")]
    [InlineData("resnet20_cifar10_mag50", "fmnist32x3", 64, "resnet20_mag50_on_fmnist32x3")]
    public void BundleColumns_AgreeWithPyTorch(string model, string inputs, int count, string oracle)
    {
        using var folder = new TemporaryFolder();
        var bundle = Audit(model, inputs, count, folder.Path, "paper", false);
        var cell = bundle.Cells[0].Cell;
        Within(bundle, cell, "angles", oracle, "geo_angles_deg", (_, expected) => 1e-3);
        Within(bundle, cell, "angle", oracle, "geo_angle_true_deg", (_, expected) => 1e-3);
        Within(bundle, cell, "length", oracle, "geo_length", (_, expected) => 1e-5 * Math.Abs(expected));
        Within(bundle, cell, "margin", oracle, "geo_margin", (_, expected) => 1e-4 * Math.Abs(expected) + 1e-5);
        Within(bundle, cell, "probability", oracle, "geo_prob_true", (_, expected) => 1e-5);
        var predictions = bundle.Column(cell, "prediction").Span<int>().ToArray();
        Assert.Equal(NpyFile.Read(Oracle(oracle, "geo_pred")).Span<long>().ToArray(), predictions.Select(p => (long)p));
    }

    [SkippableFact]
    public void BiasAwareMargin_AgreesWithPyTorch()
    {
        using var folder = new TemporaryFolder();
        var bundle = Audit("lenet5_fmnist", "fmnist", 200, folder.Path, "paper", true);
        Within(bundle, bundle.Cells[0].Cell, "margin", "lenet5_fmnist", "geo_margin_affine", (_, expected) => 1e-4 * Math.Abs(expected) + 1e-5);
    }

    private static Bundle Audit(string model, string inputs, int count, string folder, string margin, bool biasAware)
    {
        var images = SharedData.Require($"inputs/{inputs}_inputs{count}.npy");
        var labels = SharedData.Require($"inputs/{inputs}_labels{count}.npy");
        var plan = new AuditPlan
        {
            Variants = [new VariantPlan("model", SharedData.Require($"models/{model}.onnx"), null)],
            Suites = [new SuitePlan("oracle", $"npy:{images},{labels}")],
            Margin = margin,
            BiasAware = biasAware,
            Batch = 48,
            LatencyRuns = 0,
        };
        using var audit = PreparedAudit.Prepare(plan, TestEnvironment.Create());
        AuditBundle.Run(audit, folder, Shard.Whole, resume: false, progress: null, CancellationToken.None);
        return Bundle.Open(folder);
    }

    private static void Within(Bundle bundle, Cell cell, string column, string oracle, string file, Func<int, double, double> tolerance)
    {
        var ours = bundle.Column(cell, column).Span<float>();
        var expected = NpyFile.Read(Oracle(oracle, file)).Span<double>();
        Assert.Equal(expected.Length, ours.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(ours[i] - expected[i]) <= tolerance(i, expected[i]), $"{oracle}, {column}[{i}]: {ours[i]:R} against {expected[i]:R}");
    }

    private static string Oracle(string oracle, string file) => SharedData.Require($"oracles/{oracle}/{file}.npy");
}
