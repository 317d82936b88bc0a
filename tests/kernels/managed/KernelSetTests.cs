using System.Runtime.InteropServices;
using OnnxAudit.Geometry;
using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Kernels;

public class KernelSetTests
{
    [Fact]
    public void Auto_TakesTheFirstSupportedForm()
    {
        var set = KernelSet.Choose("auto");
        Assert.Same(GeometryForm.All.First(form => form.Supported), set.Geometry);
        Assert.Equal(set.Geometry.Name, set.Chosen["geometry"]);
        Assert.Same(FilterSaliencyForm.All.First(form => form.Supported), set.FilterSaliency);
        Assert.Equal(set.FilterSaliency.Name, set.Chosen["filter-saliency"]);
    }

    [Fact]
    public void Managed_NeedsNoLibrary()
    {
        var form = KernelSet.Choose("managed").Geometry;
        Assert.Equal((false, 0), ((bool, nint))(form.Native, form.Address));
        Assert.Empty(form.Requires);
    }

    [SkippableFact]
    public void Native_TakesALibraryForm()
    {
        Skip.IfNot(KernelLibrary.Present, KernelLibrary.Status);
        Assert.True(KernelSet.Choose("native").Geometry.Native);
    }

    [SkippableFact]
    public void NativeForms_AreTheFunctionsTheyAreNamedAfter()
    {
        Skip.IfNot(KernelLibrary.Present, KernelLibrary.Status);
        foreach (var form in GeometryForm.All.Where(form => form is { Native: true, Supported: true }))
            Assert.Equal(KernelLibrary.Find($"oa_f32_geometry__{form.Name}", out _), form.Address);
        foreach (var form in FilterSaliencyForm.All.Where(form => form is { Native: true, Supported: true }))
            Assert.Equal(KernelLibrary.Find($"oa_f32_filter_saliency__{form.Name}", out _), form.Address);
    }

    [Fact]
    public void EverySupportedForm_WhenForced_IsTheOneThatRuns()
    {
        foreach (var form in GeometryForm.All.Where(form => form.Supported))
        {
            var set = KernelSet.Choose(form.Name);
            Assert.Equal(form.Name, set.Chosen["geometry"]);
            var arguments = default(GeometryArguments) with { Classes = 1, PairStride = 1, AngleStride = 1, ScratchLength = GeometryForm.BlockRows, Form = -1 };
            set.Geometry.Run(ref arguments);
            Assert.Equal(form.Number, arguments.Form);
            if (!form.OnDevice) Assert.Equal(form.Name, set.FilterSaliency.Name);
        }
    }

    [Fact]
    public void UnknownForm_IsAUsageError_ThatListsTheForms()
    {
        var error = Assert.Throws<AuditException>(() => KernelSet.Choose("warp"));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.StartsWith("--kernels warp: found no form 'warp' of any kernel; expected auto, native or one of ", error.Message);
        Assert.All(GeometryForm.All, form => Assert.Contains(form.Name, error.Expected));
    }

    [SkippableFact]
    public void AFormOfOneKernel_LeavesTheOthersTheirBest()
    {
        var form = FilterSaliencyForm.All.Single(form => form.Name == "avx512");
        Skip.IfNot(form.Supported, $"filter saliency form 'avx512' cannot run here: {form.WhyNot}");
        var set = KernelSet.Choose("avx512");
        Assert.Same(form, set.FilterSaliency);
        Assert.Same(GeometryForm.All.First(form => form.Supported), set.Geometry);
    }

    [Fact]
    public void UnsupportedForm_IsAUsageError_NeverAFallback()
    {
        foreach (var form in GeometryForm.All.Where(form => !form.Supported))
        {
            Assert.Equal(form.OnDevice ? AuditCode.Environment : AuditCode.Usage, Assert.Throws<AuditException>(() => KernelSet.Choose(form.Name)).Code);
            Assert.Throws<InvalidOperationException>(() =>
            {
                var arguments = default(GeometryArguments);
                form.Run(ref arguments);
            });
        }
    }

    [Fact]
    public void AList_TakesTheFirstThatCanRun_AndStillRefusesUnknownNames()
    {
        Assert.Equal("managed", KernelSet.Choose("managed,scalar").Chosen["geometry"]);
        Assert.Equal("managed", KernelSet.Choose("opencl:no such device,managed").Chosen["geometry"]);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => KernelSet.Choose("managed,warp")).Code);
        Assert.Equal(AuditCode.Environment, Assert.Throws<AuditException>(() => KernelSet.Choose("opencl:no such device")).Code);
    }

    [Fact]
    public void Auto_NeverTakesADevice() => Assert.False(KernelSet.Choose("auto").Geometry.OnDevice);

    [Fact]
    public void Arguments_AreLaidOutAsInTheHeader() => Assert.Equal(25 * 8, Marshal.SizeOf<GeometryArguments>());
}
