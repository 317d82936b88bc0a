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
        json.WriteObjects("exemplars", figures.Groups, group =>
        {
            json.WriteString("suite", group.Suite);
            json.WriteString("device", group.Device);
            json.WriteString("treatment", group.Treatment);
            json.WriteString("kind", group.Kind);
            json.WriteTexts("before", group.Before);
            json.WriteTexts("after", group.After);
            json.WriteNumber("count", group.Exemplars.Count);
            json.WriteFinite("share", group.Exemplars.Share);
            json.WriteNumber("tied", group.Exemplars.Tied);
            json.WriteFinite("accuracy_on_exemplars", group.OnExemplars);
            json.WriteFinite("accuracy_overall", group.Overall);
            json.WriteString("column", $"{group.Column}.npy.lz4");
            json.WriteObjects("recalls", group.Recalls, recall =>
            {
                json.WriteNumber("class", recall.Class);
                json.WriteNumber("samples", recall.Samples);
                json.WriteFinite("before", recall.Before);
                json.WriteFinite("after", recall.After);
                Test(json, "recall", recall.Recall);
                Test(json, "departure", recall.Departure);
            });
        });
        json.WriteObjects("exemplar_agreement", figures.Pairs, pair =>
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
}
