using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;

namespace OnnxAudit.Tests.Runtime;

/// <summary>The build's choice of ONNX Runtime package, on a small program with a feed of its own.</summary>
[Trait("Category", "slow")]
public sealed class OrtNativeTests : IDisposable
{
    private const string Package = "Microsoft.ML.OnnxRuntime.Gpu";

    private readonly string _folder = Directory.CreateTempSubdirectory("onnxaudit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ANuGetPackageInPlaceOfTheDefault_GivesItsNativeFiles_AndNothingToCompileAgainst()
    {
        PackDummy();
        WriteProgram();
        var (code, log) = Build($"-p:OrtNativePackage={Package}", "-p:OrtNativeVersion=9.9.9");
        Assert.True(code == 0, log);
        var output = Path.Combine(_folder, "bin", "Debug", "net10.0");
        var native = Path.Combine("runtimes", "linux-x64", "native");
        Assert.Equal("dummy", File.ReadAllText(Path.Combine(output, native, "libonnxruntime.so")));
        Assert.False(File.Exists(Path.Combine(output, native, "libonnxruntime.so.1")), "the npm library came along");

        using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "obj", "project.assets.json")));
        var library = assets.RootElement.GetProperty("targets").GetProperty("net10.0").GetProperty($"{Package}/9.9.9");
        Assert.All(library.GetProperty("compile").EnumerateObject(), file => Assert.EndsWith("_._", file.Name, StringComparison.Ordinal));
        Assert.True(library.GetProperty("runtimeTargets").TryGetProperty("runtimes/linux-x64/native/libonnxruntime.so", out _));
    }

    [Fact]
    public void ANuGetPackageWithoutAVersion_IsAnError_SayingWhatToAdd()
    {
        WriteProgram();
        var (code, log) = Build($"-p:OrtNativePackage={Package}");
        Assert.NotEqual(0, code);
        Assert.Contains("OA1003", log, StringComparison.Ordinal);
        Assert.Contains("-p:OrtNativeVersion=", log, StringComparison.Ordinal);
    }

    [Fact]
    public void None_DeliversNothing()
    {
        WriteProgram();
        var (code, log) = Build("-p:OrtNativePackage=none");
        Assert.True(code == 0, log);
        Assert.False(Directory.Exists(Path.Combine(_folder, "bin", "Debug", "net10.0", "runtimes")));
    }

    [Fact]
    public void TheLockfile_PinsEveryPackageBySha512_AndNamesNoRegistry()
    {
        var folder = Path.Combine(Repository(), "engine", "Runtime", "native");
        using var lockfile = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "package-lock.json")));
        var packages = lockfile.RootElement.GetProperty("packages").EnumerateObject().Where(p => p.Name.Length > 0).ToList();
        Assert.Contains(packages, p => p.Name == "node_modules/onnxruntime-node" && p.Value.GetProperty("version").GetString() == "1.30.0");
        Assert.All(packages, p => Assert.StartsWith("sha512-", p.Value.GetProperty("integrity").GetString(), StringComparison.Ordinal));
        Assert.All(packages, p => Assert.False(p.Value.TryGetProperty("resolved", out _), $"{p.Name} names a registry"));
        var settings = File.ReadAllLines(Path.Combine(folder, ".npmrc"));
        Assert.Contains("omit-lockfile-registry-resolved=true", settings);
        Assert.Contains("ignore-scripts=true", settings);
        Assert.DoesNotContain(settings, line => line.Contains("registry=", StringComparison.Ordinal));
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OnnxAudit.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("no OnnxAudit.sln above the tests");
        return folder.FullName;
    }

    private void PackDummy()
    {
        var feed = Directory.CreateDirectory(Path.Combine(_folder, "feed")).FullName;
        using var archive = ZipFile.Open(Path.Combine(feed, $"{Package}.9.9.9.nupkg"), ZipArchiveMode.Create);
        Add(archive, $"{Package}.nuspec", $"""
            <package><metadata><id>{Package}</id><version>9.9.9</version><authors>tests</authors><description>A dummy.</description></metadata></package>
            """);
        Add(archive, "runtimes/linux-x64/native/libonnxruntime.so", "dummy");
        archive.CreateEntryFromFile(Path.Combine(AppContext.BaseDirectory, "OnnxAudit.Kernels.dll"), "lib/netstandard2.0/Dummy.dll");
    }

    private static void Add(ZipArchive archive, string name, string text)
    {
        using var writer = new StreamWriter(archive.CreateEntry(name).Open());
        writer.Write(text);
    }

    private void WriteProgram()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "feed"));
        void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
        Write("Program.cs", "System.Console.WriteLine();");
        Write("nuget.config", "<configuration><packageSources><clear /><add key=\"feed\" value=\"feed\" /></packageSources></configuration>");
        Write("Directory.Packages.props", "<Project><PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup></Project>");
        Write("program.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
              <Import Project="{Path.Combine(Repository(), "engine", "Runtime", "OrtNative.targets")}" />
            </Project>
            """);
    }

    private (int Code, string Log) Build(params string[] properties)
    {
        // A package folder of its own: the dummy must never be taken for the real package by another build.
        var start = new ProcessStartInfo("dotnet", ["build", "program.csproj", "--disable-build-servers", "-nologo", "--tl:off", $"-p:RestorePackagesPath={Path.Combine(_folder, "packages")}", .. properties])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The test host hands its own build settings down, and they would steer this build.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var log = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, log + errors.Result);
    }
}
