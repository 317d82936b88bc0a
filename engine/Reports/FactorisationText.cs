using System.Globalization;
using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Compression.Factorisation;

namespace OnnxAudit.Reports;

/// <summary>What a factorisation did, for people and for machines.</summary>
public static class FactorisationText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.factorize/1";

    /// <summary>As text; trial: parent and child on labelled images, if that was asked for.</summary>
    public static void Write(FactorisationReport report, TrialResult? trial, TextPage page)
    {
        page.Heading($"{Path.GetFileName(report.Path)}  factorised from {report.Recipe.Parents[0].File}");
        var table = new TextTable(("layer", TextAlign.Shrink), ("op", TextAlign.Left), ("shape", TextAlign.Right), ("rank", TextAlign.Right), ("energy", TextAlign.Right),
            ("error", TextAlign.Right), ("weights", TextAlign.Right), ("before", TextAlign.Right));
        foreach (var layer in report.Layers)
            table.Add(layer.Layer, layer.OpType, string.Join('×', layer.Shape), string.Create(CultureInfo.InvariantCulture, $"{layer.Rank} of {layer.FullRank}"),
                Figures.Percent(layer.Energy), Figures.Percent(layer.Error), N(layer.After), N(layer.Before));
        page.Table(table);
        foreach (var whole in report.Kept) page.Line($"kept whole: {whole.Layer}, {whole.Why}");
        page.Pairs(
        [
            new("recipe", string.Join(", ", report.Recipe.Parameters.Select(p => $"{p.Key} {p.Value}"))),
            new("weights", string.Create(CultureInfo.InvariantCulture, $"{report.Layers.Count} layers, {report.Layers.Sum(l => l.After):N0} of {report.Layers.Sum(l => l.Before):N0} weights")),
            .. report is { Before: { } before, After: { } after }
                ? (KeyValuePair<string, string>[])[new("model", $"{N(after.Parameters)} of {N(before.Parameters)} parameters, {N(after.Flops)} of {N(before.Flops)} FLOPs")] : [],
            new("bytes", $"{N(report.BytesAfter)} of {N(report.BytesBefore)}"),
            .. TrialText.Pairs(report.Change, trial),
            new("sha256", report.Sha256),
        ]);
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public static void Write(FactorisationReport report, TrialResult? trial, Utf8JsonWriter json)
    {
        json.WriteString("file", report.Path);
        json.WriteString("sha256", report.Sha256);
        json.WritePropertyName("recipe");
        report.Recipe.Write(json);
        json.WriteNumber("bytesBefore", report.BytesBefore);
        json.WriteNumber("bytesAfter", report.BytesAfter);
        if (report is { Before: { } before, After: { } after })
        {
            json.WriteNumber("parametersBefore", before.Parameters);
            json.WriteNumber("parametersAfter", after.Parameters);
            json.WriteNumber("flopsBefore", before.Flops);
            json.WriteNumber("flopsAfter", after.Flops);
        }

        json.WriteStartArray("layers");
        foreach (var layer in report.Layers)
        {
            json.WriteStartObject();
            json.WriteString("layer", layer.Layer);
            json.WriteString("operator", layer.OpType);
            json.WriteStartArray("shape");
            foreach (var size in layer.Shape) json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteNumber("rank", layer.Rank);
            json.WriteNumber("fullRank", layer.FullRank);
            json.WriteNumber("energy", layer.Energy);
            json.WriteNumber("error", layer.Error);
            json.WriteNumber("weightsBefore", layer.Before);
            json.WriteNumber("weightsAfter", layer.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("kept");
        foreach (var whole in report.Kept)
        {
            json.WriteStartObject();
            json.WriteString("layer", whole.Layer);
            json.WriteString("why", whole.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        TrialText.Write(report.Change, trial, json);
        json.WriteStartArray("notes");
        foreach (var note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
