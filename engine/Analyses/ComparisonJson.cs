using System.Text.Json;
using OnnxAudit.Comparison.Behaviours;
using OnnxAudit.Files;

namespace OnnxAudit.Analyses;

/// <summary>A comparison of two cells as JSON.</summary>
public static class ComparisonJson
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.compare/1";

    /// <summary>Writes comparisons into an object that was begun.</summary>
    public static void Write(IReadOnlyList<CellComparison> comparisons, Utf8JsonWriter json) =>
        json.WriteObjects("comparisons", comparisons, comparison => Write(comparison, json));

    /// <summary>Writes a comparison's fields into an object that was begun. Numbers that do not exist are null.</summary>
    public static void Write(CellComparison comparison, Utf8JsonWriter json)
    {
        json.WriteString("base", comparison.Base.Variant);
        json.WriteString("model", comparison.Model.Variant);
        json.WriteString("suite", comparison.Model.Suite);
        json.WriteString("device", comparison.Model.Device);
        json.WriteNumber("samples", comparison.Samples);
        json.WriteObjects("slices", comparison.Slices, slice => WriteSlice(json, slice));
        json.WriteObjects("transitions", comparison.Transitions, row => WriteTransition(json, row));
        json.WriteObjects("changed_pairs", comparison.Pairs, pair =>
        {
            json.WriteString("from", comparison.Classes[pair.From]);
            json.WriteString("to", comparison.Classes[pair.To]);
            json.WriteNumber("samples", pair.Samples);
            json.WriteFinite("share", pair.Share);
            json.WriteNumber("lost", pair.Lost);
            json.WriteNumber("gained", pair.Gained);
        });
        json.WriteObjects("changed_confusions", comparison.Confusions, confusion =>
        {
            json.WriteString("label", comparison.Classes[confusion.Label]);
            json.WriteString("prediction", comparison.Classes[confusion.Prediction]);
            json.WriteNumber("before", confusion.Before);
            json.WriteNumber("after", confusion.After);
        });
        json.WriteObjects("changed_instances", comparison.Instances, instance =>
        {
            json.WriteNumber("row", instance.Row);
            json.WriteFinite("kl", instance.Value);
        });
    }

    /// <summary>A transition in lower case, as JSON and tables have it.</summary>
    public static string Word(Transition kind) => kind switch
    {
        Transition.BothRight => "both right",
        Transition.BothWrong => "both wrong",
        Transition.Lost => "lost",
        _ => "gained",
    };

    private static void WriteSlice(Utf8JsonWriter json, SliceBehaviour slice)
    {
        json.WriteString("kind", slice.Slice.Kind);
        json.WriteString("name", slice.Slice.Name);
        json.WriteNumber("samples", slice.Slice.Rows.Length);
        json.WriteNumber("lost", slice.Lost);
        json.WriteNumber("gained", slice.Gained);
        json.WriteStartObject("metrics");
        foreach (var mean in slice.Means)
        {
            json.WriteStartObject(mean.Metric);
            if (!double.IsNaN(mean.Base)) json.WriteFinite("base", mean.Base);
            if (!double.IsNaN(mean.Model)) json.WriteFinite("model", mean.Model);
            json.WriteFinite("comparison", mean.Comparison);
            if (!double.IsNaN(mean.Relative)) json.WriteFinite("relative", mean.Relative);
            if (!double.IsNaN(mean.P)) json.WriteFinite("p", mean.P);
            if (!double.IsNaN(mean.Adjusted)) json.WriteFinite("p_holm", mean.Adjusted);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTransition(Utf8JsonWriter json, TransitionRow row)
    {
        json.WriteString("kind", Word(row.Kind));
        json.WriteNumber("samples", row.Samples);
        json.WriteFinite("share", row.Share);
        json.WriteStartObject("changes");
        foreach (var (name, summary) in row.Changes)
        {
            json.WriteStartObject(name);
            foreach (var (figure, value) in summary.Metrics("")) json.WriteFinite(figure.TrimStart('.'), value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
