using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Kernels;
using OnnxAudit.Reports;
using OnnxAudit.Runtime;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Says what this machine offers.</summary>
internal static class DevicesVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var ort = new RuntimeOption();
        var json = SharedOptions.Json();
        return new Verb("devices", "Show execution providers, processor features, OpenCL devices, kernel forms with a parity and speed line each, and system libraries; exit code 4 without ONNX Runtime.",
            ["devices", "devices --ort /opt/onnxruntime/lib"], [ort.Symbol, json], (parsed, terminal, _) =>
            {
                var (runtime, fault) = Find(ort, parsed);
                var summary = new DeviceSummary(runtime, fault, KernelProbe.Run(TimeProvider.System, Host.KernelCache()));
                if (parsed.GetValue(json)) terminal.Json(DeviceSummary.Schema, summary.Write);
                else summary.Write(terminal.Page);
                return runtime is null ? (int)AuditCode.Environment : 0;
            });
    }

    private static (OrtLibrary?, string?) Find(RuntimeOption ort, ParseResult parsed)
    {
        try
        {
            return (ort.Load(parsed), null);
        }
        catch (AuditException e) when (e.Code == AuditCode.Environment)
        {
            return (null, e.Message);
        }
    }
}
