using OnnxAudit.Geometry;
using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Geometry;

public class KernelProbeTests
{
    [Fact]
    public void EveryForm_IsRead_AndThoseThatRunAgree()
    {
        var readings = KernelProbe.Run(TimeProvider.System);
        Assert.Equal(GeometryForm.All.Select(f => f.Name), readings.Select(r => r.Form.Name));
        Assert.All(readings.Where(r => r.Form.Supported), r =>
        {
            Assert.InRange(r.AngleDifference, 0, 1e-3);
            Assert.InRange(r.MarginDifference, 0, 1e-4);
            Assert.True(r.SamplesPerSecond > 0);
        });
        Assert.All(readings.Where(r => !r.Form.Supported), r => Assert.True(double.IsNaN(r.SamplesPerSecond)));
    }
}
