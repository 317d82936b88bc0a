using System.CommandLine;
using System.Runtime.InteropServices;
using OnnxAudit.Runtime;

namespace OnnxAudit.Cli.Options;

/// <summary>--ort: which ONNX Runtime to load.</summary>
internal sealed class RuntimeOption
{
    private const string Variable = "ONNXAUDIT_ORT";

    private readonly Option<string?> _path = new("--ort")
    {
        Description = $"The ONNX Runtime library, or its folder; without it {Variable}, then beside the program, then the system's",
        HelpName = "PATH",
    };

    /// <summary>The option.</summary>
    public Option Symbol => _path;

    /// <summary>Loads the library.</summary>
    /// <exception cref="AuditException">Environment: none was found; names every place tried.</exception>
    public OrtLibrary Load(ParseResult parsed) =>
        OrtLibrary.Load(new OrtSearch(parsed.GetValue(_path), Environment.GetEnvironmentVariable(Variable), AppContext.BaseDirectory, Rid()));

    private static string Rid()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }
}
