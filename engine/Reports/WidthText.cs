using System.Globalization;
using System.Text.Json;
using OnnxAudit.Compression;

namespace OnnxAudit.Reports;

/// <summary>What a change of width did, for people and for machines.</summary>
public static class WidthText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.width/1";

    /// <summary>As text.</summary>
    public static void Write(WidthReport report, TextPage page)
    {
        page.Heading($"{Path.GetFileName(report.Path)}  widened or narrowed from {report.Recipe.Parents[0].File}");
        page.Pairs(
        [
            new("features", string.Create(CultureInfo.InvariantCulture, $"{report.Before} → {report.After}")),
            new("parameters", string.Create(CultureInfo.InvariantCulture, $"{report.Parameters:N0}")),
            new("sha256", report.Sha256),
        ]);
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public static void Write(WidthReport report, Utf8JsonWriter json)
    {
        json.WriteString("file", report.Path);
        json.WriteString("sha256", report.Sha256);
        json.WritePropertyName("recipe");
        report.Recipe.Write(json);
        json.WriteNumber("features_before", report.Before);
        json.WriteNumber("features", report.After);
        json.WriteNumber("parameters", report.Parameters);
        json.WriteStartArray("notes");
        foreach (var note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }
}
