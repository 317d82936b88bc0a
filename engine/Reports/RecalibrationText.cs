using System.Globalization;
using System.Text.Json;
using OnnxAudit.Training;

namespace OnnxAudit.Reports;

/// <summary>What a recalibration did, for people and for machines.</summary>
public static class RecalibrationText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.recalibrate/1";

    /// <summary>As text.</summary>
    public static void Write(RecalibrationReport report, TextPage page)
    {
        page.Heading($"{Path.GetFileName(report.Path)}  recalibrated from {report.Recipe.Parents[0].File}");
        page.Pairs(
        [
            new("recipe", string.Join(", ", report.Recipe.Parameters.Select(p => $"{p.Key} {p.Value}"))),
            new("statistics", string.Create(CultureInfo.InvariantCulture, $"{report.Norms} batch normalisations over {report.Batches} batches")),
            new("sha256", report.Sha256),
        ]);
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public static void Write(RecalibrationReport report, Utf8JsonWriter json)
    {
        json.WriteString("file", report.Path);
        json.WriteString("sha256", report.Sha256);
        json.WritePropertyName("recipe");
        report.Recipe.Write(json);
        json.WriteNumber("norms", report.Norms);
        json.WriteNumber("batches", report.Batches);
        json.WriteStartArray("notes");
        foreach (var note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }
}
