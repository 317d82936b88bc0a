using OnnxAudit.Kernels;
using OnnxAudit.Kernels.OpenCl;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Kernels.OpenCl;

public sealed class OpenClTests : IDisposable
{
    private const string Source = "__kernel void twice(__global float* x, const int n) { int i = get_global_id(0); if (i < n) x[i] *= 2; }";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    internal static OpenClDevice Device()
    {
        Skip.IfNot(OpenClDevice.WhyNone is null, $"no OpenCL device: {OpenClDevice.WhyNone}");
        return OpenClDevice.Choose(null);
    }

    [SkippableFact]
    public void Device_IsChosenByNumberAndByPartOfItsName()
    {
        var device = Device();
        Assert.Same(device, OpenClDevice.Choose(FormattableString.Invariant($"{device.Index}")));
        if (OpenClDevice.All.Count == 1) Assert.Same(device, OpenClDevice.Choose(device.Platform[..4].ToUpperInvariant()));
        Assert.All([device.Name, device.Platform, device.Driver, device.Version], text => Assert.NotEqual("", text));
        Assert.True(device.ComputeUnits > 0 && device.MemoryBytes > 0 && device.WorkGroupSize > 0);
    }

    [SkippableFact]
    public void UnknownDevice_IsAnEnvironmentError_ThatListsTheDevices()
    {
        var device = Device();
        var error = Assert.Throws<AuditException>(() => OpenClDevice.Choose("99"));
        Assert.Equal(AuditCode.Environment, error.Code);
        Assert.StartsWith("--kernels opencl:99: found no such OpenCL device; expected one of ", error.Message);
        Assert.Contains(device.Text, error.Expected);
    }

    [SkippableFact]
    public void SourceThatDoesNotCompile_IsAnError_WithTheCompilersLog()
    {
        using var session = OpenClSession.Open(Device(), null);
        var error = Assert.Throws<AuditException>(() => session.Program("broken.cl", "__kernel void f() { no_such_name = 1; }", ""));
        Assert.Equal(AuditCode.Environment, error.Code);
        Assert.Contains("broken.cl does not build (CL_BUILD_PROGRAM_FAILURE (-11))", error.Found);
        Assert.Contains("no_such_name", error.Found);
    }

    [SkippableFact]
    public void Program_IsCompiledOnce_AndKeptForTheNextSession()
    {
        Assert.Equal((0, 1), Twice());
        var file = Assert.Single(Directory.GetFiles(_folder.Path));
        Assert.Equal((1, 0), Twice());

        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        Assert.Equal((0, 1), Twice());
        Assert.Equal((1, 0), Twice());
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.Equal((0, 1), Twice());
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [SkippableFact]
    public void CachedProgram_BelongsToDeviceDriverOptionsAndSource()
    {
        var device = Device();
        var name = ProgramCache.NameOf(device, Source, "");
        Assert.Equal(name, ProgramCache.NameOf(device with { Index = 7 }, Source, ""));
        Assert.All(
            [
                ProgramCache.NameOf(device with { Driver = "other" }, Source, ""), ProgramCache.NameOf(device with { Name = "other" }, Source, ""),
                ProgramCache.NameOf(device, Source + " ", ""), ProgramCache.NameOf(device, Source, "-DX"),
            ],
            other => Assert.NotEqual(name, other));
    }

    [SkippableFact]
    public void CacheFolderThatCannotBe_CostsOnlyTime()
    {
        var file = _folder.In("file");
        Directory.CreateDirectory(_folder.Path);
        File.WriteAllText(file, "");
        using var session = OpenClSession.Open(Device(), file);
        session.Program("twice.cl", Source, "");
        Assert.Equal((0, 1), session.Programs);
    }

    [SkippableFact]
    public unsafe void RowsWithStrides_ComeAndGo_AndTheGapsStay()
    {
        using var session = OpenClSession.Open(Device(), null);
        using var buffer = new ClBuffer(session);
        float[] from = [1, 2, float.NaN, 3, 4, float.NaN, 5, 6];
        float[] to = [.. Enumerable.Repeat(-1f, 11)];
        fixed (float* f = from, t = to)
        {
            buffer.Write(f, 3, 8, 12);
            buffer.Read(t, 3, 8, 16);
        }

        Assert.Equal([1, 2, -1, -1, 3, 4, -1, -1, 5, 6, -1], to);
    }

    [SkippableFact]
    public void FaultAmidACall_LeavesTheSessionUsable()
    {
        using var session = OpenClSession.Open(Device(), null);
        Assert.Throws<AuditException>(() => session.Run(() =>
        {
            using var huge = new ClBuffer(session);
            huge.Hold(long.MaxValue / 2);
        }));
        Assert.Equal(6, Doubled(session, 3));
    }

    [SkippableFact]
    public void KernelTime_IsTheDevices_AndOfTheLatestCallAlone()
    {
        using var session = OpenClSession.Open(Device(), null);
        Doubled(session, 1);
        Assert.InRange(session.KernelTime, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10));
        session.Run(() => { });
        Assert.Equal(TimeSpan.Zero, session.KernelTime);
    }

    [SkippableFact]
    public void GeometryOnANamedDevice_GivesTheBitsOfTheListsForm()
    {
        var set = KernelSet.Choose(FormattableString.Invariant($"opencl:{Device().Index}"), _folder.Path);
        using var session = set.Session;
        Assert.Equal("opencl", set.Chosen["geometry"]);
        Assert.Equal(session!.Device.Text, set.Chosen["opencl"]);
        var call = new GeometryCase(40, 33, 5, 2, bias: true, signed: false);
        var (listed, named) = (call.Run(GeometryForm.All.Single(f => f.OnDevice)), call.Run(set.Geometry));
        Assert.Equal(listed.Angles, named.Angles);
        Assert.Equal(listed.Margin, named.Margin);
        Assert.True(session.KernelTime > TimeSpan.Zero);
    }

    private static unsafe float Doubled(OpenClSession session, float value)
    {
        using var kernel = new ClKernel(session, session.Program("twice.cl", Source, "").Kernel("twice"), "twice");
        using var buffer = new ClBuffer(session);
        session.Run(() =>
        {
            var host = value;
            kernel.Begin().With(buffer.Write(&host, 1, sizeof(float), 0)).With(1).Run(1, 1, 1, 1);
            buffer.Read(&host, 1, sizeof(float), 0);
            value = host;
        });
        return value;
    }

    private (int Cached, int Compiled) Twice()
    {
        using var session = OpenClSession.Open(Device(), _folder.Path);
        session.Program("twice.cl", Source, "");
        session.Program("twice.cl", Source, "");
        return session.Programs;
    }
}
