using System.Runtime.InteropServices;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Tests.Runtime;

/// <summary>Sessions over small graphs.</summary>
internal static class Ort
{
    /// <summary>Test classes that use WebGPU run one after another: sessions opened on it at the same time have ended the process.</summary>
    public const string WebGpu = "WebGPU";

    public static OrtLibrary Library => RuntimeLibrary.Loaded;

    public static OrtSearch Beside(string folder) => new(null, null, folder, RuntimeInformation.RuntimeIdentifier);

    public static OrtSession Session(Model model, SessionSettings? settings = null) =>
        OrtSession.FromMemory(Library, OnnxWriter.ToBytes(model), model.Source, settings ?? new SessionSettings());

    /// <summary>A session on WebGPU; skips the test, saying why, on a machine that has no adapter.</summary>
    public static OrtSession OnWebGpu(Model model) => OrSkip(() => Session(model, new SessionSettings { Provider = "webgpu" }));

    /// <summary>Opens something on WebGPU, or skips the test.</summary>
    public static T OrSkip<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (AuditException e) when (e.Code == AuditCode.Environment)
        {
            throw new SkipException($"no WebGPU here: {e.Found}");
        }
    }

    /// <summary>The one output of a run, as floats.</summary>
    public static float[] Floats(OrtSession session, string output, params ReadOnlySpan<(string, OrtTensor)> inputs)
    {
        using var result = session.Run(inputs, [output])[0];
        return result.Span<float>().ToArray();
    }

    public static float LargestDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Assert.Equal(a.Length, b.Length);
        var largest = 0f;
        for (var i = 0; i < a.Length; i++) largest = Math.Max(largest, Math.Abs(a[i] - b[i]));
        return largest;
    }
}
