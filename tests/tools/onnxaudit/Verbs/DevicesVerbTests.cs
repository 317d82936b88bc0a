using System.Text.Json;
using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Tests.Tools.Verbs;

public class DevicesVerbTests
{
    [Fact]
    public void Json_HasEveryKernelForm_WithParityAndSpeed()
    {
        var run = CliRun.Of("devices", "--json");
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        var kernels = document.RootElement.GetProperty("kernels").EnumerateArray().ToArray();
        Assert.Equal(["cosine_knn", "filter-saliency", "geometry", "score_accumulate", "winograd_conv"], kernels.Select(k => k.GetProperty("kernel").GetString()!).Distinct().Order(StringComparer.Ordinal));
        var managed = kernels.First(k => k.GetProperty("form").GetString() == "managed");
        Assert.True(managed.GetProperty("rate").GetDouble() > 0);
        Assert.Equal(JsonValueKind.Null, managed.GetProperty("unsupported").ValueKind);
        Assert.Equal(OpenClDevice.All.Count, document.RootElement.GetProperty("opencl_devices").GetArrayLength());
    }

    [Fact]
    public void Text_NamesTheOpenClDevices_OrWhyThereIsNone()
    {
        var run = CliRun.Of("devices");
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("OpenCL", run.Out);
        if (OpenClDevice.WhyNone is { } why) Assert.Contains(why, run.Out);
        else Assert.All(OpenClDevice.All, device => Assert.Contains(device.Name, run.Out));
        Assert.Contains("filter-saliency", run.Out);
        Assert.Contains("Gflop/s", run.Out);
    }
}
