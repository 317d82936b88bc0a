using System.Text.Json;
using OnnxAudit.Files;
using OnnxAudit.Statistics;

namespace OnnxAudit.Analyses;

/// <summary>Exemplars as JSON.</summary>
internal static class ExemplarJson
{
    /// <summary>Writes the groups and how they agree into an object that was begun.</summary>
    internal static void Write(Utf8JsonWriter json, ExemplarFigures figures)
    {
        AnalysisJson.Array(json, "exemplars", figures.Groups, group =>
        {
            json.WriteString("suite", group.Suite);
            json.WriteString("device", group.Device);
            json.WriteString("treatment", group.Treatment);
            json.WriteString("kind", group.Kind);
            Names(json, "before", group.Before);
            Names(json, "after", group.After);
            json.WriteNumber("count", group.Exemplars.Count);
            json.WriteFinite("share", group.Exemplars.Share);
            json.WriteNumber("tied", group.Exemplars.Tied);
            json.WriteFinite("accuracy_on_exemplars", group.OnExemplars);
            json.WriteFinite("accuracy_overall", group.Overall);
            json.WriteString("column", $"{group.Column}.npy.lz4");
            AnalysisJson.Array(json, "recalls", group.Recalls, recall =>
            {
                json.WriteNumber("class", recall.Class);
                json.WriteNumber("samples", recall.Samples);
                json.WriteFinite("before", recall.Before);
                json.WriteFinite("after", recall.After);
                Test(json, "recall", recall.Recall);
                Test(json, "departure", recall.Departure);
            });
        });
        AnalysisJson.Array(json, "exemplar_agreement", figures.Pairs, pair =>
        {
            json.WriteString("suite", pair.Suite);
            json.WriteString("device", pair.Device);
            json.WriteString("first", pair.First);
            json.WriteString("second", pair.Second);
            json.WriteNumber("both", pair.Agreement.Both);
            json.WriteFinite("jaccard", pair.Agreement.Jaccard);
            json.WriteFinite("overlap", pair.Agreement.Overlap);
            json.WriteFinite("kappa", pair.Agreement.Kappa);
        });
    }

    private static void Test(Utf8JsonWriter json, string name, MeanTest test)
    {
        json.WriteStartObject(name);
        json.WriteFinite("difference", test.Difference);
        json.WriteFinite("t", test.T);
        json.WriteFinite("freedom", test.Freedom);
        json.WriteFinite("p", test.P);
        json.WriteEndObject();
    }

    private static void Names(Utf8JsonWriter json, string name, IReadOnlyList<string> ids)
    {
        json.WriteStartArray(name);
        foreach (var id in ids) json.WriteStringValue(id);
        json.WriteEndArray();
    }
}
