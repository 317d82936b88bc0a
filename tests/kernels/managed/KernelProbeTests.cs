using OnnxAudit.Kernels;
using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Tests.Kernels;

public class KernelProbeTests
{
    [Fact]
    public void EveryFormOfEveryKernel_IsRead_AndThoseThatRunAgree()
    {
        var readings = KernelProbe.Run(TimeProvider.System, cacheFolder: null);
        var devices = Math.Max(1, OpenClDevice.All.Count);
        IReadOnlyList<KernelForm>[] lists = [GeometryForm.All, FilterSaliencyForm.All, WinogradConv.Forms, ScoreAccumulate.Forms, CosineKnn.Forms];
        Assert.Equal(lists.Sum(forms => forms.Sum(form => form.OnDevice ? devices : 1)), readings.Count);
        Assert.Equal(["geometry", "filter-saliency", "winograd_conv", "score_accumulate", "cosine_knn"], readings.Select(r => r.Kernel).Distinct());
        Assert.All(readings.Where(r => r.WhyNot is null), r =>
        {
            Assert.InRange(r.Difference, 0, 2e-6);
            Assert.True(r.Rate > 0);
            Assert.Equal(r.Device is null, double.IsNaN(r.DeviceRate));
        });
        Assert.All(readings.Where(r => r.WhyNot is not null), r => Assert.True(double.IsNaN(r.Rate) && double.IsNaN(r.Difference)));
        Assert.All(readings.Where(r => r.Form == KernelProbe.Reference), r => Assert.Equal(0, r.Difference));
        Assert.All(readings.Where(r => r.Form == "managed"), r => Assert.Null(r.WhyNot));
    }
}
