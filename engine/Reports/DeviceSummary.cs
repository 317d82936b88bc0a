using System.Globalization;
using System.Text.Json;
using OnnxAudit.Files;
using OnnxAudit.Geometry;
using OnnxAudit.Kernels;
using OnnxAudit.Runtime;

namespace OnnxAudit.Reports;

/// <summary>What this machine offers: runtime and providers, processor, kernels, system libraries.</summary>
/// <param name="Runtime">The loaded ONNX Runtime; null when none was found.</param>
/// <param name="RuntimeFault">Why there is none.</param>
/// <param name="Kernels">A reading a kernel form.</param>
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
        page.Heading("Kernels");
        page.Pairs([new("library", KernelLibrary.Status)]);
        var table = new TextTable(("kernel", TextAlign.Left), ("form", TextAlign.Left), ("parity with " + KernelProbe.Reference, TextAlign.Shrink), ("samples/s", TextAlign.Right));
        var best = Kernels.FirstOrDefault(k => k.Form.Supported);
        foreach (var kernel in Kernels)
            table.Add("geometry", kernel.Form.Name + (kernel == best ? " (auto)" : ""), Parity(kernel), kernel.Form.Supported ? kernel.SamplesPerSecond.ToString("#,0", CultureInfo.InvariantCulture) : Figures.Undefined);
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
        Texts(json, "providers", Runtime?.Providers ?? []);
        json.WriteEndObject();
        Texts(json, "cpu_features", CpuFeatures.Present);
        json.WriteString("kernel_library", KernelLibrary.Status);
        json.WriteStartArray("kernels");
        foreach (var kernel in Kernels)
        {
            json.WriteStartObject();
            json.WriteString("kernel", "geometry");
            json.WriteString("form", kernel.Form.Name);
            json.WriteString("unsupported", kernel.Form.WhyNot);
            Number(json, "angle_difference_degrees", kernel.AngleDifference);
            Number(json, "margin_difference", kernel.MarginDifference);
            Number(json, "samples_per_second", kernel.SamplesPerSecond);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("system_libraries");
        foreach (var library in Libraries) json.WriteBoolean(library.Package, library.IsPresent);
        json.WriteEndObject();
    }

    private static string Parity(KernelReading kernel) => !kernel.Form.Supported ? (kernel.Form.Native && !KernelLibrary.Present ? "cannot run: no kernel library" : $"cannot run: {kernel.Form.WhyNot}")
        : kernel is { AngleDifference: 0, MarginDifference: 0 } ? "identical"
        : string.Create(CultureInfo.InvariantCulture, $"angle {kernel.AngleDifference:0.0e+0}°, margin {kernel.MarginDifference:0.0e+0}");

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
