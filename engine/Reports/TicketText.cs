using System.Globalization;
using System.Text.Json;
using OnnxAudit.Training.Tickets;

namespace OnnxAudit.Reports;

/// <summary>What a ticket search came to, for people and for machines.</summary>
public static class TicketText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.tickets/1";

    /// <summary>As text: the totals, a row a layer, a row an epoch.</summary>
    public static void Write(TicketReport report, TextPage page)
    {
        page.Heading($"{Path.GetFileName(report.Path)}  a ticket of {report.Recipe.Parents[0].File}");
        page.Pairs(
        [
            new("recipe", string.Join(", ", report.Recipe.Parameters.Where(p => !p.Key.StartsWith(TicketSearch.LayerParameter, StringComparison.Ordinal)).Select(p => $"{p.Key} {p.Value}"))),
            new("weights", $"{Count(report.Layers.Sum(l => l.Kept))} of {Count(report.Layers.Sum(l => l.Count))} kept"),
            new("epoch", $"{Count(report.Chosen)} of {Count(report.Epochs.Count)} written"),
            new("size", $"{Count(report.Bytes)} bytes"),
            new("sha256", report.Sha256),
        ]);
        page.Line();
        var table = new TextTable([("layer", TextAlign.Left), ("weights", TextAlign.Right), ("kept", TextAlign.Right), ("removed", TextAlign.Right), ("mean |w|", TextAlign.Right)]);
        foreach (var layer in report.Layers)
            table.Add([layer.Name, Count(layer.Count), Count(layer.Kept), Figures.Percent(1 - (double)layer.Kept / layer.Count), layer.Alpha.ToString("0.00000", CultureInfo.InvariantCulture)]);
        page.Table(table);
        page.Line();
        TrainingText.Table(report.Epochs, page);
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public static void Write(TicketReport report, Utf8JsonWriter json)
    {
        json.WriteString("file", report.Path);
        json.WriteString("sha256", report.Sha256);
        json.WriteNumber("bytes", report.Bytes);
        json.WritePropertyName("recipe");
        report.Recipe.Write(json);
        json.WriteStartArray("layers");
        foreach (var layer in report.Layers)
        {
            json.WriteStartObject();
            json.WriteString("name", layer.Name);
            json.WriteNumber("weights", layer.Count);
            json.WriteNumber("kept", layer.Kept);
            json.WriteNumber("alpha", layer.Alpha);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("epoch", report.Chosen);
        TrainingText.Write(report.Epochs, json);
        json.WriteStartArray("notes");
        foreach (var note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }

    private static string Count(long n) => n.ToString("#,0", CultureInfo.InvariantCulture);
}
