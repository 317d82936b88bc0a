using OnnxAudit.Graphs;
using OnnxAudit.Runtime;

namespace OnnxAudit.Tests.Runtime;

[Collection(Ort.WebGpu)]
public class SessionSettingsTests
{
    [Fact]
    public void AProviderTheLibraryLacks_IsAnError_ListingThoseItHas()
    {
        var library = Ort.Library;
        var names = string.Join(", ", library.Providers.Select(p => p.Replace("ExecutionProvider", "", StringComparison.Ordinal).ToLowerInvariant()));
        var error = Assert.Throws<AuditException>(() => Make(new SessionSettings { Provider = "abacus" }));
        Assert.Equal(AuditCode.Environment, error.Code);
        Assert.Equal($"ONNX Runtime {library.Version} ({library.Path}): found no execution provider 'abacus'; expected one of {names}. Choose one of these, or name a library that has it with --ort PATH.",
            error.Message);
    }

    [SkippableFact]
    public void AProviderWhoseOwnLibraryIsNotThere_IsNotListed_AndNamesTheFile()
    {
        Skip.IfNot(Ort.Library.MissingProviders.ContainsKey("CUDAExecutionProvider"), "this ONNX Runtime does not know CUDA, or has it");
        Assert.DoesNotContain("CUDAExecutionProvider", Ort.Library.Providers);
        var error = Assert.Throws<AuditException>(() => Make(new SessionSettings { Provider = "Cuda" }));
        Assert.Equal("no execution provider 'Cuda' (it lacks libonnxruntime_providers_cuda.so beside it)", error.Found);
        Assert.Equal(AuditCode.Environment, error.Code);
    }

    [SkippableFact]
    public void AProviderWithoutADevice_IsTheEnvironmentsError()
    {
        var error = Record.Exception(() => Make(new SessionSettings { Provider = "webgpu" }));
        Skip.If(error is null, "this machine has a device for WebGPU");
        Assert.Equal(AuditCode.Environment, Assert.IsType<AuditException>(error).Code);
    }

    [SkippableFact]
    public void AnotherProvider_AgreesWithTheCpu()
    {
        var chain = SmallModels.LongChain(64, 3);
        using var cpu = Ort.Session(chain);
        using var gpu = Ort.OnWebGpu(chain);
        using var x = OrtTensor.Allocate(ElementType.Float, [64, 64]);
        for (var i = 0; i < 64 * 64; i++) x.Span<float>()[i] = i % 13;
        Assert.InRange(Ort.LargestDifference(Ort.Floats(cpu, "y", ("x", x)), Ort.Floats(gpu, "y", ("x", x))), 0, 1e-4f);
    }

    [Fact]
    public void Cpu_IsNamedInAnyCase_AndTakesNoOptions()
    {
        Make(new SessionSettings { Provider = "CPU" });
        var error = Assert.Throws<AuditException>(() => Make(new SessionSettings { ProviderOptions = new Dictionary<string, string> { ["device_id"] = "0" } }));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.Contains("device_id", error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void EverySetting_IsTaken()
    {
        foreach (var level in Enum.GetValues<OptimisationLevel>())
            Make(new SessionSettings { Level = level, Threads = 2, InterOpThreads = 2, Deterministic = true });
        Make(new SessionSettings { Threads = 0, InterOpThreads = 0, Config = new Dictionary<string, string> { ["session.set_denormal_as_zero"] = "1" } });
    }

    [Fact]
    public void NegativeThreads_AreRefused()
    {
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Make(new SessionSettings { Threads = -1 })).Code);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Make(new SessionSettings { InterOpThreads = -1 })).Code);
    }

    [Fact]
    public void AnEmptyConfigurationKey_IsRefused()
    {
        var error = Assert.Throws<AuditException>(() => Make(new SessionSettings { Config = new Dictionary<string, string> { [""] = "1" } }));
        Assert.Equal(AuditCode.Usage, error.Code);
    }

    [Fact]
    public void AProfile_IsWrittenWhenAskedFor_AndOnlyThen()
    {
        var folder = Directory.CreateTempSubdirectory("onnxaudit-").FullName;
        try
        {
            using var session = Ort.Session(SmallModels.Identity(ElementType.Float), new SessionSettings { ProfilePrefix = Path.Combine(folder, "run") });
            var file = session.EndProfiling();
            Assert.Equal(folder, Path.GetDirectoryName(file));
            Assert.True(File.Exists(file));
            using var silent = Ort.Session(SmallModels.Identity(ElementType.Float));
            Assert.Throws<InvalidOperationException>(silent.EndProfiling);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Make(SessionSettings settings) => Ort.Session(SmallModels.Identity(ElementType.Float), settings).Dispose();
}
