using System.Globalization;
using System.Text.Json;
using OnnxAudit.Compression;

namespace OnnxAudit.Reports;

/// <summary>How a changed model does beside its parent.</summary>
public static class TrialText
{
    /// <summary>Lines for people: relative change of the outputs on made-up inputs, and accuracies, each where there is one.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Pairs(double? change, TrialResult? trial)
    {
        if (change is { } moved) yield return new("run", $"outputs on made-up inputs changed by {(100 * moved).ToString("0.000", CultureInfo.InvariantCulture)} %");
        if (trial is null) yield break;
        yield return new("accuracy", string.Create(CultureInfo.InvariantCulture,
            $"{Figures.Percent(trial.After)}, parent {Figures.Percent(trial.Before)}, on {trial.Samples:N0} images; same class for {Figures.Percent(trial.Agreement)}"));
    }

    /// <summary>As JSON properties.</summary>
    public static void Write(double? change, TrialResult? trial, Utf8JsonWriter json)
    {
        if (change is { } moved) json.WriteNumber("outputChange", moved);
        if (trial is null) return;
        json.WriteStartObject("test");
        json.WriteNumber("samples", trial.Samples);
        json.WriteNumber("accuracyBefore", trial.Before);
        json.WriteNumber("accuracyAfter", trial.After);
        json.WriteNumber("agreement", trial.Agreement);
        json.WriteEndObject();
    }
}
