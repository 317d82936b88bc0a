using System.Globalization;
using System.Text.Json;
using OnnxAudit.Files;
using OnnxAudit.Kernels;
using OnnxAudit.Kernels.OpenCl;
using OnnxAudit.Runtime;

namespace OnnxAudit.Reports;

/// <summary>What this machine offers: runtime and providers, processor, kernels, system libraries.</summary>
/// <param name="Runtime">The loaded ONNX Runtime; null when none was found.</param>
/// <param name="RuntimeFault">Why there is none.</param>
/// <param name="Kernels">A reading a kernel form and OpenCL device.</param>
public sealed record DeviceSummary(OrtLibrary? Runtime, string? RuntimeFault, IReadOnlyList<KernelReading> Kernels)
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.devices/1";

    private static readonly SystemLibrary[] Libraries = [SystemLibrary.Lz4, SystemLibrary.Png, SystemLibrary.TurboJpeg];

    /// <summary>As text.</summary>
    public void Write(TextPage page)
    {
        page.Heading("ONNX Runtime");
        page.Pairs(Runtime is { } ort
            ? [new("library", ort.Path), new("version", ort.Version), new("providers", string.Join(", ", ort.Providers.Select(p => $"{ExecutionProvider.ShortName(p).ToLowerInvariant()} ({p})")))]
            : [new("missing", RuntimeFault ?? "")]);
        page.Line();
        page.Heading("Processor");
        page.Pairs([new("features", CpuFeatures.Present.Count == 0 ? "none the kernels use" : string.Join(", ", CpuFeatures.Present))]);
        page.Line();
        page.Heading("OpenCL");
        page.Pairs(OpenClDevice.WhyNone is { } none ? [new("missing", none)] : [.. OpenClDevice.All.Select(d => new KeyValuePair<string, string>(Plain(d.Index), Line(d)))]);
        page.Line();
        page.Heading("Kernels");
        page.Pairs([new("library", KernelLibrary.Status)]);
        var table = new TextTable(("kernel", TextAlign.Left), ("form", TextAlign.Left), ("against " + KernelProbe.Reference, TextAlign.Shrink), ("one thread, or a device", TextAlign.Right));
        var best = Kernels.Where(k => k.WhyNot is null && k.Device is null).DistinctBy(k => k.Kernel).ToHashSet();
        foreach (var kernel in Kernels) table.Add(kernel.Kernel, Form(kernel) + (best.Contains(kernel) ? " (auto)" : ""), Parity(kernel), Speed(kernel));
        page.Table(table);
        page.Line();
        page.Heading("System libraries");
        page.Pairs([.. Libraries.Select(l => new KeyValuePair<string, string>(l.Package, (l.IsPresent ? "found" : "missing") + ", for " + l.Purpose))]);
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("runtime");
        json.WriteString("path", Runtime?.Path);
        json.WriteString("version", Runtime?.Version);
        json.WriteString("fault", RuntimeFault);
        json.WriteTexts("providers", Runtime?.Providers ?? []);
        json.WriteEndObject();
        json.WriteTexts("cpu_features", CpuFeatures.Present);
        json.WriteStartArray("opencl_devices");
        foreach (var device in OpenClDevice.All) Write(json, device);
        json.WriteEndArray();
        json.WriteString("opencl_missing", OpenClDevice.WhyNone);
        json.WriteString("kernel_library", KernelLibrary.Status);
        json.WriteStartArray("kernels");
        foreach (var kernel in Kernels)
        {
            json.WriteStartObject();
            json.WriteString("kernel", kernel.Kernel);
            json.WriteString("form", kernel.Form);
            json.WriteString("device", kernel.Device);
            json.WriteString("unsupported", kernel.WhyNot);
            Number(json, "difference", kernel.Difference);
            Number(json, "rate", kernel.Rate);
            Number(json, "device_rate", kernel.DeviceRate);
            json.WriteString("unit", kernel.Unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("system_libraries");
        foreach (var library in Libraries) json.WriteBoolean(library.Package, library.IsPresent);
        json.WriteEndObject();
    }

    private static string Parity(KernelReading kernel) => kernel.WhyNot is { } why ? (why == KernelLibrary.Status ? "cannot run: no kernel library" : $"cannot run: {why}")
        : kernel.Difference == 0 ? "identical"
        : string.Create(CultureInfo.InvariantCulture, $"within {kernel.Difference:0.0e+0}");

    private static string Speed(KernelReading kernel) => kernel.WhyNot is not null ? Figures.Undefined
        : string.Create(CultureInfo.InvariantCulture, $"{kernel.Rate:#,0.00} {kernel.Unit}");

    // With several devices, each by its number.
    private static string Form(KernelReading kernel) =>
        kernel.Device is null || OpenClDevice.All.Count == 1 ? kernel.Form : $"{kernel.Form}:{Plain(OpenClDevice.All.First(d => d.Text == kernel.Device).Index)}";

    private static string Plain(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Line(OpenClDevice d) => string.Create(CultureInfo.InvariantCulture,
        $"{d.Text}, {d.Type}, {d.ComputeUnits} units, {Figures.Bytes(d.MemoryBytes)}{(d.Doubles ? "" : ", no float64")}");

    private static void Write(Utf8JsonWriter json, OpenClDevice d)
    {
        json.WriteStartObject();
        json.WriteNumber("index", d.Index);
        json.WriteString("name", d.Name);
        json.WriteString("platform", d.Platform);
        json.WriteString("version", d.Version);
        json.WriteString("driver", d.Driver);
        json.WriteString("type", d.Type);
        json.WriteNumber("compute_units", d.ComputeUnits);
        json.WriteNumber("memory_bytes", d.MemoryBytes);
        json.WriteBoolean("float64", d.Doubles);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
