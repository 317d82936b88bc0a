using System.Runtime.InteropServices;
using OnnxAudit.Runs;
using OnnxAudit.Runtime;

namespace OnnxAudit.Tests.Runs;

/// <summary>The environment of audits in tests: the runtime beside the tests, the real clock, no host facts.</summary>
internal static class TestEnvironment
{
    private static readonly Lazy<OrtLibrary> Library = new(() =>
        OrtLibrary.Load(new OrtSearch(null, Environment.GetEnvironmentVariable("ONNXAUDIT_ORT"), AppContext.BaseDirectory, RuntimeInformation.RuntimeIdentifier)));

    internal static OrtLibrary Ort => Library.Value;

    internal static AuditEnvironment Create() => new(Ort, TimeProvider.System, "test", []);
}
