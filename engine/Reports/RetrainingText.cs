using System.Globalization;
using System.Text.Json;
using OnnxAudit.Training;
using OnnxAudit.Training.Retraining;

namespace OnnxAudit.Reports;

/// <summary>What a retraining came to, for people and for machines.</summary>
public static class RetrainingText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.retrain/1";

    /// <summary>As text: the totals, then a row a round.</summary>
    public static void Write(RetrainingReport report, TextPage page)
    {
        page.Heading($"{Path.GetFileName(report.Path)}  retrained from {report.Recipe.Parents[0].File}");
        var last = report.Rounds[^1];
        page.Pairs(
        [
            new("recipe", string.Join(", ", report.Recipe.Parameters.Where(p => !p.Key.StartsWith("round.", StringComparison.Ordinal)).Select(p => $"{p.Key} {p.Value}"))),
            new("removed", $"{Count(last.Removed)} of {Count(last.Weights)} prunable weights, {Count(report.Trained)} parameters"),
            new("sha256", report.Sha256),
        ]);
        page.Line();
        var tested = report.Rounds.Any(r => r.Result.Test is not null);
        var table = new TextTable([("round", TextAlign.Right), ("amount", TextAlign.Right), ("removed", TextAlign.Right), ("epochs", TextAlign.Right), ("train loss", TextAlign.Right),
            ("train accuracy", TextAlign.Right), .. tested ? [("test loss", TextAlign.Right), ("test accuracy", TextAlign.Right)] : Array.Empty<(string, TextAlign)>()]);
        foreach (var round in report.Rounds)
            table.Add([Count(round.Round), N(round.Amount, "0.0000"), Count(round.Removed), Epochs(round), N(round.Result.Loss, "0.0000"), Figures.Percent(round.Result.Accuracy),
                .. round.Result.Test is { } test ? [N(test.Loss, "0.0000"), Figures.Percent(test.Accuracy)] : Array.Empty<string>()]);
        page.Table(table);
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public static void Write(RetrainingReport report, Utf8JsonWriter json)
    {
        json.WriteString("file", report.Path);
        json.WriteString("sha256", report.Sha256);
        json.WritePropertyName("recipe");
        report.Recipe.Write(json);
        json.WriteNumber("trained", report.Trained);
        json.WriteStartArray("rounds");
        foreach (var round in report.Rounds)
        {
            json.WriteStartObject();
            json.WriteNumber("amount", round.Amount);
            json.WriteNumber("removed", round.Removed);
            json.WriteNumber("weights", round.Weights);
            json.WriteString("masks_sha256", round.Masks);
            json.WriteNumber("epoch", round.Chosen);
            TrainingText.Write(round.Epochs, json);
            if (round.Path is { } path) json.WriteString("file", path);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }

    private static string Epochs(RoundResult round) => round.Chosen == round.Epochs.Count ? Count(round.Chosen) : $"{Count(round.Chosen)} of {Count(round.Epochs.Count)}";

    private static string Count(long n) => n.ToString("#,0", CultureInfo.InvariantCulture);

    private static string N(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
