using System.Globalization;
using System.Text.Json;
using OnnxAudit.Compression.Structured;
using OnnxAudit.Runtime;

namespace OnnxAudit.Reports;

/// <summary>What a structured removal did, for people and for machines.</summary>
public static class StructuredText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.shrink/1";

    /// <summary>As text.</summary>
    public static void Write(StructuredReport report, TextPage page)
    {
        static string T(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        static string Of(long after, long before) => T($"{after:N0} of {before:N0}{(before == 0 ? "" : T($" ({100.0 * after / before:F1} %)"))}");
        page.Heading($"{Path.GetFileName(report.Path)}  shrunk from {report.Recipe.Parents[0].File}");
        List<KeyValuePair<string, string>> pairs =
        [
            new("recipe", string.Join(", ", report.Recipe.Parameters.Select(p => $"{p.Key} {p.Value}"))),
            new("channel groups", T($"{report.Removed:N0} of {report.Groups:N0} went")),
            new("FLOPs at batch 1", Of(report.After.Flops, report.Before.Flops)),
            new("parameters", Of(report.After.Parameters, report.Before.Parameters)),
            new("bytes", Of(report.BytesAfter, report.BytesBefore)),
        ];
        if (report is { LatencyBefore: { } was, LatencyAfter: { } now })
            pairs.Add(new("latency, ms", T($"{now.Median:F3} of {was.Median:F3} (median), {now.Least:F3} of {was.Least:F3} (fastest)")));
        pairs.Add(new("sha256", report.Sha256));
        page.Pairs(pairs);
        page.Heading("Layers");
        var layers = new TextTable(("layer", TextAlign.Shrink), ("operator", TextAlign.Left), ("channels", TextAlign.Right), ("after", TextAlign.Right), ("MMACs", TextAlign.Right), ("after", TextAlign.Right));
        foreach (var (before, after) in report.Layers)
            layers.Add(before.Name, before.OpType, T($"{before.Channels}"), T($"{after.Channels}"), T($"{before.Macs / 1e6:F3}"), T($"{after.Macs / 1e6:F3}"));
        page.Table(layers);
        if (report.Kept.Count == 0) return;
        page.Heading("Channels that stayed");
        foreach (var kept in report.Kept) page.Line(T($"{kept.Layers}: {kept.Channels}, {kept.Why}"));
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public static void Write(StructuredReport report, Utf8JsonWriter json)
    {
        json.WriteString("file", report.Path);
        json.WriteString("sha256", report.Sha256);
        json.WritePropertyName("recipe");
        report.Recipe.Write(json);
        json.WriteNumber("groups", report.Groups);
        json.WriteNumber("removed", report.Removed);
        Cost("before", report.Before, report.BytesBefore, report.LatencyBefore);
        Cost("after", report.After, report.BytesAfter, report.LatencyAfter);
        json.WriteStartArray("layers");
        foreach (var (before, after) in report.Layers)
        {
            json.WriteStartObject();
            json.WriteString("name", before.Name);
            json.WriteString("operator", before.OpType);
            json.WriteNumber("channelsBefore", before.Channels);
            json.WriteNumber("channelsAfter", after.Channels);
            json.WriteNumber("macsBefore", before.Macs);
            json.WriteNumber("macsAfter", after.Macs);
            json.WriteNumber("parametersBefore", before.Parameters);
            json.WriteNumber("parametersAfter", after.Parameters);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("kept");
        foreach (var kept in report.Kept)
        {
            json.WriteStartObject();
            json.WriteString("layers", kept.Layers);
            json.WriteNumber("groups", kept.Channels);
            json.WriteString("because", kept.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();

        void Cost(string name, ModelCost cost, long bytes, ModelLatency? latency)
        {
            json.WriteStartObject(name);
            json.WriteNumber("flops", cost.Flops);
            json.WriteNumber("macs", cost.Macs);
            json.WriteNumber("parameters", cost.Parameters);
            json.WriteNumber("weightBytes", cost.WeightBytes);
            json.WriteNumber("fileBytes", bytes);
            if (latency is { } measured)
            {
                json.WriteNumber("latencyMedianMs", measured.Median);
                json.WriteNumber("latencyLeastMs", measured.Least);
            }

            json.WriteEndObject();
        }
    }
}
