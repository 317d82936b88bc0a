using System.Text.Json;
using OnnxAudit.Files;
using OnnxAudit.Kernels;
using OnnxAudit.Saliency;

namespace OnnxAudit.Plans;

/// <summary>The <c>saliency</c> object of a plan.</summary>
public static class SaliencyJson
{
    /// <summary>Names of the aggregations, saliency.md §4.</summary>
    public static readonly IReadOnlyList<(string Name, FilterAggregate Value)> Aggregations =
        [("mean-abs", FilterAggregate.MeanAbs), ("abs-mean", FilterAggregate.AbsMean), ("signed-mean", FilterAggregate.SignedMean)];

    /// <summary>Names of the ways.</summary>
    public static readonly IReadOnlyList<(string Name, SaliencyWay Value)> Ways = [("fused", SaliencyWay.Fused), ("portable", SaliencyWay.Portable)];

    /// <summary>Names of the labels: whether the predicted class is differentiated.</summary>
    public static readonly IReadOnlyList<(string Name, bool Value)> Labels = [("true", false), ("predicted", true)];

    /// <summary>Names of the forward pass's precisions.</summary>
    public static readonly IReadOnlyList<(string Name, ForwardPrecision Value)> Forwards = [("float32", ForwardPrecision.Float32), ("float64", ForwardPrecision.Float64)];

    internal static SaliencyOptions Read(JsonFields fields)
    {
        var defaults = new SaliencyOptions();
        var options = defaults with
        {
            Way = Choice(fields, "way", Ways, defaults.Way),
            Aggregation = Choice(fields, "aggregation", Aggregations, defaults.Aggregation),
            PredictedLabel = Choice(fields, "label", Labels, defaults.PredictedLabel),
            Forward = Choice(fields, "forward", Forwards, defaults.Forward),
            IncludeLinear = fields.Flag("include_linear") ?? defaults.IncludeLinear,
            ExcludeClassifier = fields.Flag("exclude_classifier") ?? defaults.ExcludeClassifier,
            ByteBudget = (fields.Integer("megabytes", 1, 1 << 20) ?? (defaults.ByteBudget >> 20)) << 20,
        };
        fields.Done();
        return options;
    }

    internal static void Write(Utf8JsonWriter json, SaliencyOptions options)
    {
        json.WriteStartObject("saliency");
        json.WriteString("way", Ways.First(w => w.Value == options.Way).Name);
        json.WriteString("aggregation", Aggregations.First(a => a.Value == options.Aggregation).Name);
        json.WriteString("label", Labels.First(l => l.Value == options.PredictedLabel).Name);
        json.WriteString("forward", Forwards.First(f => f.Value == options.Forward).Name);
        json.WriteBoolean("include_linear", options.IncludeLinear);
        json.WriteBoolean("exclude_classifier", options.ExcludeClassifier);
        json.WriteNumber("megabytes", options.ByteBudget >> 20);
        json.WriteEndObject();
    }

    private static T Choice<T>(JsonFields fields, string key, IReadOnlyList<(string Name, T Value)> choices, T fallback)
    {
        if (fields.Text(key) is not { } text) return fallback;
        foreach (var (name, value) in choices)
            if (name == text) return value;
        throw fields.Wrong(key, $"'{text}'", string.Join(" or ", choices.Select(c => c.Name)));
    }
}
