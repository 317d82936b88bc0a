using System.Runtime.InteropServices;
using OnnxAudit.Runtime;

namespace OnnxAudit.Tests.Runtime;

/// <summary>The ONNX Runtime that tests run on: ONNXAUDIT_ORT, else the one the build put beside the tests.</summary>
internal static class RuntimeLibrary
{
    private static readonly Lazy<OrtLibrary> Library = new(() =>
        OrtLibrary.Load(new OrtSearch(null, Environment.GetEnvironmentVariable("ONNXAUDIT_ORT"), AppContext.BaseDirectory, RuntimeInformation.RuntimeIdentifier)));

    public static OrtLibrary Loaded => Library.Value;
}
