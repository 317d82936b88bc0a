using OnnxAudit.Data;
using OnnxAudit.Geometry;
using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Geometry;

/// <summary>Every form against PyTorch in float64 on real models and samples.</summary>
public class GeometryOracleTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var oracle in new[] { "lenet5_fmnist", "resnet20_dense_cifar10", "resnet20_mag50_cifar10", "resnet20_dense_on_fmnist32x3", "resnet20_mag50_on_fmnist32x3" })
            {
                foreach (var form in GeometryForm.All.Where(form => form.Supported)) cases.Add(oracle, form.Name);
            }

            return cases;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Measures_AgreeWithPyTorch(string oracle, string form)
    {
        var folder = SharedData.Require($"oracles/{oracle}");
        double[] Float64(string name) => NpyFile.Read(Path.Combine(folder, name)).Span<double>().ToArray();
        float[] Narrowed(string name) => [.. Float64(name).Select(v => (float)v)];
        int[] Classes(string name) => [.. NpyFile.Read(Path.Combine(folder, name)).Span<long>().ToArray().Select(v => (int)v)];
        var weight = NpyFile.Read(Path.Combine(folder, "classifier_weight.npy"));
        var directions = new ClassDirections(
            (int)weight.Dims[0], (int)weight.Dims[1], weight.Span<float>().ToArray(), NpyFile.Read(Path.Combine(folder, "classifier_bias.npy")).Span<float>().ToArray());
        var (features, logits, labels) = (Narrowed("features.npy"), Narrowed("logits.npy"), Classes("labels.npy"));

        var rows = new GeometryRows();
        new GeometryMeter(directions, new GeometryOptions(), KernelSet.Choose(form), 2).Measure(features, logits, labels, rows);
        Close(Float64("geo_angles_deg.npy"), rows.Angles, (_, _) => 1e-3);
        Close(Float64("geo_angle_true_deg.npy"), rows.Angle, (_, _) => 1e-3);
        Close(Float64("geo_length.npy"), rows.Length, (expected, _) => 1e-5 * expected);
        Close(Float64("geo_margin.npy"), rows.Margin, (expected, _) => 1e-4 * Math.Abs(expected) + 1e-5);
        Close(Float64("geo_prob_true.npy"), rows.Probability, (_, _) => 1e-5);
        Close(Float64("loss.npy"), rows.Loss, (expected, _) => 1e-5 * expected + 1e-6);
        Assert.Equal(Classes("geo_pred.npy"), rows.Prediction.ToArray());

        new GeometryMeter(directions, new GeometryOptions(BiasAware: true), KernelSet.Choose(form), 2).Measure(features, logits, labels, rows);
        Close(Float64("geo_margin_affine.npy"), rows.Margin, (expected, _) => 1e-4 * Math.Abs(expected) + 1e-5);
    }

    private static void Close(double[] expected, Span<float> actual, Func<double, int, double> tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance(expected[i], i));
    }
}
