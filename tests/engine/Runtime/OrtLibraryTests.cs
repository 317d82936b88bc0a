using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OnnxAudit.Runtime;

namespace OnnxAudit.Tests.Runtime;

public class OrtLibraryTests
{
    [SkippableFact]
    public void Load_FindsTheLibrary_ThatTheBuildDelivered()
    {
        Skip.If(Ort.Library.Path == Environment.GetEnvironmentVariable("ONNXAUDIT_ORT"), "ONNXAUDIT_ORT names another library");
        var library = Ort.Library;
        Assert.StartsWith(AppContext.BaseDirectory, library.Path, StringComparison.Ordinal);
        Assert.Equal("1.30.0", library.Version);
        Assert.Contains("CPUExecutionProvider", library.Providers);
        Assert.Same(library, Ort.Library);
    }

    [Fact]
    public void Find_NamesEveryPlace_WhenThereIsNone()
    {
        using var folder = new Folder();
        var search = new OrtSearch(null, "", folder.Path, "linux-x64");
        var files = search.Places().Select(p => p.Path).ToList();
        Assert.Equal(OrtSearch.FileNames.Count * 3, files.Count);
        // The system's own places are left out here: a machine may well have a library there.
        var error = Assert.Throws<AuditException>(() => OrtLibrary.Find(files.Where(Path.IsPathRooted).Select(p => new OrtPlace(p, "beside the program", false))));
        Assert.Equal(AuditCode.Environment, error.Code);
        foreach (var file in files.Where(Path.IsPathRooted)) Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains("--ort", error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "--ort")]
    [InlineData(false, "ONNXAUDIT_ORT")]
    public void ANamedPlaceThatFails_IsAnError_ThoughAnotherWouldServe(bool onCommandLine, string origin)
    {
        var missing = Path.Combine(AppContext.BaseDirectory, "nowhere.so");
        var search = Ort.Beside(AppContext.BaseDirectory) with { Explicit = onCommandLine ? missing : null, FromEnvironment = onCommandLine ? "other" : missing };
        var error = Assert.Throws<AuditException>(() => OrtLibrary.Find(search.Places()));
        Assert.Equal(AuditCode.Environment, error.Code);
        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
        Assert.Contains(origin, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolder_StandsForTheLibraryInIt()
    {
        using var folder = new Folder();
        foreach (var name in OrtSearch.FileNames.Reverse())
        {
            var file = Path.Combine(folder.Path, name);
            File.WriteAllText(file, "");
            Assert.Equal(file, Assert.Single(new OrtSearch(folder.Path, null, "/", "linux-x64").Places()).Path);
        }
    }

    [Fact]
    public void BesideTheProgram_ComesBeforeTheSystem()
    {
        var places = new OrtSearch(null, null, AppContext.BaseDirectory, "linux-arm64").Places().ToList();
        var first = OrtSearch.FileNames[0];
        Assert.Equal(Path.Combine(AppContext.BaseDirectory, first), places[0].Path);
        Assert.Contains(places, p => p.Path == Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-arm64", "native", first));
        Assert.Equal(OrtSearch.FileNames, places.TakeLast(OrtSearch.FileNames.Count).Select(p => p.Path));
    }

    [Fact]
    public void AFileThatIsNoLibrary_IsAnError_AndIsNotPassedOver()
    {
        using var folder = new Folder();
        var file = Path.Combine(folder.Path, OrtSearch.FileNames[0]);
        File.WriteAllText(file, "no library");
        var error = Assert.Throws<AuditException>(() => OrtLibrary.Find(Ort.Beside(folder.Path).Places()));
        Assert.Equal(AuditCode.Environment, error.Code);
        Assert.Contains(file, error.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void ALibraryOfAnotherKind_IsAnError()
    {
        var other = Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), OperatingSystem.IsWindows() ? "clrjit.dll" : "libclrjit.*")[0];
        var error = Assert.Throws<AuditException>(() => OrtLibrary.Find(new OrtSearch(other, null, "/", "").Places()));
        Assert.Equal(AuditCode.Environment, error.Code);
        Assert.Contains("OrtGetApiBase", error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void AnOlderLibrary_IsRefused_WithItsVersionAndTheNeededOne()
    {
        var table = stackalloc void*[2];
        table[0] = (delegate* unmanaged<uint, void**>)&NoApi;
        table[1] = (delegate* unmanaged<byte*>)&OldVersion;
        var at = (nint)table;
        var error = Assert.Throws<AuditException>(() => OrtLibrary.Bind("old.so", (void**)at));
        Assert.Equal(AuditCode.Environment, error.Code);
        Assert.Equal("old.so: found ONNX Runtime 1.16.3; expected 1.17 or newer. Use a newer library: --ort PATH or ONNXAUDIT_ORT.", error.Message);
    }

    [Fact]
    public void AskingForAnotherLibrary_IsAnError_OnceOneIsLoaded()
    {
        var loaded = Ort.Library;
        Assert.Same(loaded, OrtLibrary.Load(new OrtSearch(loaded.Path, null, "/", "")));
        var error = Assert.Throws<AuditException>(() => OrtLibrary.Load(new OrtSearch("/other/libonnxruntime.so.1", null, "/", "")));
        Assert.Equal(AuditCode.Environment, error.Code);
        Assert.Contains(loaded.Path, error.Message, StringComparison.Ordinal);
    }

    [UnmanagedCallersOnly]
    private static unsafe void** NoApi(uint version) => null;

    [UnmanagedCallersOnly]
    private static unsafe byte* OldVersion() => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("1.16.3\0"u8));

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("onnxaudit-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
