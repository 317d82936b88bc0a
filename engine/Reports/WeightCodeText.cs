using System.Globalization;
using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Compression.Quantisation;

namespace OnnxAudit.Reports;

/// <summary>What a weight code did, for people and for machines.</summary>
public static class WeightCodeText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.weight-code/1";

    /// <summary>As text; trial: parent and child on labelled images, if that was asked for.</summary>
    public static void Write(WeightCodeReport report, TrialResult? trial, TextPage page)
    {
        page.Heading($"{Path.GetFileName(report.Path)}  {report.Recipe.Parameter("code")} from {report.Recipe.Parents[0].File}");
        var table = new TextTable(("layer", TextAlign.Shrink), ("weights", TextAlign.Right), ("bits", TextAlign.Right), ("error", TextAlign.Right));
        foreach (var layer in report.Layers)
            table.Add(layer.Layer, layer.Count.ToString("N0", CultureInfo.InvariantCulture), layer.Bits.ToString("0.00", CultureInfo.InvariantCulture), Error(layer.Error));
        page.Table(table);
        page.Pairs(
        [
            new("recipe", string.Join(", ", report.Recipe.Parameters.Select(p => $"{p.Key} {p.Value}"))),
            new("layers", string.Create(CultureInfo.InvariantCulture, $"{report.Layers.Count} weights of {report.Layers.Sum(l => l.Count):N0} numbers, {Bits(report):0.00} bits each")),
            new("bytes", string.Create(CultureInfo.InvariantCulture, $"{report.BytesAfter:N0} of {report.BytesBefore:N0}")),
            .. TrialText.Pairs(report.Change, trial),
            new("sha256", report.Sha256),
        ]);
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public static void Write(WeightCodeReport report, TrialResult? trial, Utf8JsonWriter json)
    {
        json.WriteString("file", report.Path);
        json.WriteString("sha256", report.Sha256);
        json.WritePropertyName("recipe");
        report.Recipe.Write(json);
        json.WriteNumber("bytesBefore", report.BytesBefore);
        json.WriteNumber("bytesAfter", report.BytesAfter);
        json.WriteNumber("bits", Bits(report));
        json.WriteStartArray("layers");
        foreach (var layer in report.Layers)
        {
            json.WriteStartObject();
            json.WriteString("layer", layer.Layer);
            json.WriteString("weight", layer.Weight);
            json.WriteNumber("count", layer.Count);
            json.WriteNumber("bits", layer.Bits);
            json.WriteNumber("error", layer.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        TrialText.Write(report.Change, trial, json);
        json.WriteStartArray("notes");
        foreach (var note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }

    private static double Bits(WeightCodeReport report) => report.Layers.Sum(l => l.Bits * l.Count) / report.Layers.Sum(l => l.Count);

    private static string Error(double share) => (100 * share).ToString("0.000", CultureInfo.InvariantCulture) + " %";
}
