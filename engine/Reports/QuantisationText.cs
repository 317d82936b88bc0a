using System.Globalization;
using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Compression.Quantisation;

namespace OnnxAudit.Reports;

/// <summary>What a quantisation did, for people and for machines.</summary>
public static class QuantisationText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.quantize/1";

    /// <summary>As text; trial: parent and child on labelled images, if that was asked for.</summary>
    public static void Write(QuantisationReport report, TrialResult? trial, TextPage page)
    {
        page.Heading($"{Path.GetFileName(report.Path)}  quantised from {report.Recipe.Parents[0].File}");
        page.Pairs(
        [
            new("recipe", string.Join(", ", report.Recipe.Parameters.Select(p => $"{p.Key} {p.Value}"))),
            new("layers", string.Create(CultureInfo.InvariantCulture, $"{report.Layers.Count} with int8 weights, {report.Activations.Count} activations in 8 bits")),
            new("bytes", string.Create(CultureInfo.InvariantCulture, $"{report.BytesAfter:N0} of {report.BytesBefore:N0}")),
            .. TrialText.Pairs(report.Change, trial),
            new("sha256", report.Sha256),
        ]);
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public static void Write(QuantisationReport report, TrialResult? trial, Utf8JsonWriter json)
    {
        json.WriteString("file", report.Path);
        json.WriteString("sha256", report.Sha256);
        json.WritePropertyName("recipe");
        report.Recipe.Write(json);
        json.WriteNumber("samples", report.Samples);
        json.WriteNumber("bytesBefore", report.BytesBefore);
        json.WriteNumber("bytesAfter", report.BytesAfter);
        json.WriteStartArray("layers");
        foreach (var layer in report.Layers) json.WriteStringValue(layer);
        json.WriteEndArray();
        json.WriteStartArray("activations");
        foreach (var activation in report.Activations)
        {
            json.WriteStartObject();
            json.WriteString("name", activation.Name);
            json.WriteNumber("low", activation.Low);
            json.WriteNumber("high", activation.High);
            json.WriteNumber("scale", activation.Code.Scale);
            json.WriteNumber("zeroPoint", activation.Code.ZeroPoint);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        TrialText.Write(report.Change, trial, json);
        json.WriteStartArray("notes");
        foreach (var note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }
}
