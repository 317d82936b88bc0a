using System.Globalization;
using System.Text.Json;
using OnnxAudit.Training;

namespace OnnxAudit.Reports;

/// <summary>What a training run came to, for people and for machines.</summary>
public static class TrainingText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.train/1";

    /// <summary>One epoch on one line.</summary>
    public static string Line(EpochResult epoch, int epochs)
    {
        var test = epoch.Test is { } t ? string.Create(CultureInfo.InvariantCulture, $"  test loss {t.Loss:0.0000} accuracy {Figures.Percent(t.Accuracy)}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch}/{epochs}  loss {epoch.Loss:0.0000} accuracy {Figures.Percent(epoch.Accuracy)}{test}");
    }

    /// <summary>As text: the totals, then a row an epoch.</summary>
    public static void Write(TrainingReport report, TextPage page)
    {
        page.Heading($"{Path.GetFileName(report.Path)}  trained from {report.Recipe.Parents[0].File}");
        var held = report.Held > 0 ? $", {Count(report.Held)} held at 0" : "";
        page.Pairs(
        [
            new("recipe", string.Join(", ", report.Recipe.Parameters.Select(p => $"{p.Key} {p.Value}"))),
            new("weights", $"{Count(report.Trained)} trained{held}"),
            new("epoch", $"{Count(report.Chosen)} of {Count(report.Epochs.Count)} written"),
            new("sha256", report.Sha256),
        ]);
        page.Line();
        Table(report.Epochs, page);
    }

    /// <summary>Epochs as a table, a row each.</summary>
    internal static void Table(IReadOnlyList<EpochResult> epochs, TextPage page)
    {
        var tested = epochs.Any(e => e.Test is not null);
        var table = new TextTable([("epoch", TextAlign.Right), ("rate", TextAlign.Right), ("loss", TextAlign.Right), ("accuracy", TextAlign.Right),
            .. tested ? [("test loss", TextAlign.Right), ("test accuracy", TextAlign.Right)] : Array.Empty<(string, TextAlign)>()]);
        foreach (var epoch in epochs)
            table.Add([Count(epoch.Epoch), N(epoch.Rate, "g3"), N(epoch.Loss, "0.0000"), Figures.Percent(epoch.Accuracy),
                .. epoch.Test is { } test ? [N(test.Loss, "0.0000"), Figures.Percent(test.Accuracy)] : Array.Empty<string>()]);
        page.Table(table);
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public static void Write(TrainingReport report, Utf8JsonWriter json)
    {
        json.WriteString("file", report.Path);
        json.WriteString("sha256", report.Sha256);
        json.WritePropertyName("recipe");
        report.Recipe.Write(json);
        json.WriteNumber("trained", report.Trained);
        json.WriteNumber("held", report.Held);
        json.WriteNumber("epoch", report.Chosen);
        Write(report.Epochs, json);
        json.WriteStartArray("notes");
        foreach (var note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }

    /// <summary>Epochs as a member of the object that was begun.</summary>
    internal static void Write(IReadOnlyList<EpochResult> epochs, Utf8JsonWriter json)
    {
        json.WriteStartArray("epochs");
        foreach (var epoch in epochs)
        {
            json.WriteStartObject();
            json.WriteNumber("rate", epoch.Rate);
            json.WriteNumber("loss", epoch.Loss);
            json.WriteNumber("accuracy", epoch.Accuracy);
            if (epoch.Test is { } test)
            {
                if (double.IsFinite(test.Loss)) json.WriteNumber("test_loss", test.Loss);
                else json.WriteNull("test_loss");
                json.WriteNumber("test_accuracy", test.Accuracy);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Count(long n) => n.ToString("#,0", CultureInfo.InvariantCulture);

    private static string N(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
