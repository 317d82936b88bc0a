using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Comparison.Layers;

/// <summary>A comparison of layers as JSON.</summary>
public static class LayerJson
{
    /// <summary>Writes the comparison's fields into an object that was begun. A histogram's counts are rows of six classes: below the first edge, the bins, above the last.</summary>
    public static void Write(LayerComparison comparison, Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString("first", comparison.First);
        json.WriteString("second", comparison.Second);
        WriteNumbers(json, "change_classes", ChangeHistogram.ClassEdges);
        json.WriteStartArray("weights");
        foreach (var weight in comparison.Weights) Write(weight, json);
        json.WriteEndArray();
        json.WriteTexts("only_in_first", comparison.OnlyInFirst);
        json.WriteTexts("only_in_second", comparison.OnlyInSecond);
        if (comparison.Data is not null)
        {
            json.WriteString("data", comparison.Data);
            json.WriteNumber("samples", comparison.Samples);
            json.WriteStartArray("activations");
            foreach (var activation in comparison.Activations) Write(activation, json);
            json.WriteEndArray();
        }

        json.WriteTexts("notes", comparison.Notes);
    }

    private static void Write(WeightChange weight, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", weight.Name);
        json.WriteString("other_name", weight.OtherName);
        json.WriteString("layer", weight.Layer);
        json.WriteString("operator", weight.OpType);
        json.WriteString("matched_by", weight.Matched.ToString().ToLowerInvariant());
        WriteSizes(json, "shape", weight.Shape);
        WriteSizes(json, "other_shape", weight.OtherShape);
        json.WriteNumber("zeros", weight.Zeros);
        json.WriteNumber("other_zeros", weight.OtherZeros);
        if (weight.Change is { } change) Write(change, json);
        json.WriteEndObject();
    }

    private static void Write(ActivationChange activation, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("layer", activation.Layer);
        json.WriteString("other_layer", activation.OtherLayer);
        WriteSizes(json, "shape", activation.Shape);
        Write(activation.Change, json);
        json.WriteEndObject();
    }

    private static void Write(ElementChange change, Utf8JsonWriter json)
    {
        json.WriteNumber("zero_in_both", change.ZeroInBoth);
        json.WriteNumber("zero_only_in_first", change.ZeroOnlyInFirst);
        json.WriteNumber("zero_only_in_second", change.ZeroOnlyInSecond);
        json.WriteNumber("compared", change.Measure.Count);
        json.WriteNumber("undefined", change.Measure.Undefined);
        json.WriteFinite("mean_size", change.Measure.MeanSize);
        json.WriteFinite("mean_change", change.Measure.MeanChange);
        json.WriteFinite("relative_change", change.Measure.RelativeChange);
        json.WriteFinite("cosine", change.Measure.Cosine);
        WriteNumbers(json, "edges", change.Histogram.Edges);
        json.WriteStartArray("counts");
        for (var row = 0; row < change.Histogram.Bins + 2; row++)
        {
            json.WriteStartArray();
            for (var c = 0; c < ChangeHistogram.Classes; c++) json.WriteNumberValue(change.Histogram[row, c]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static void WriteSizes(Utf8JsonWriter json, string name, IReadOnlyList<long> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
