using OnnxAudit.Files;

namespace OnnxAudit.Training;

/// <summary>The JSON of a checkpoint: what run it is of and how far that has come.</summary>
internal static class CheckpointHead
{
    /// <summary>The head's bytes.</summary>
    public static byte[] Write(IReadOnlyList<KeyValuePair<string, string>> identity, long steps, TrainingMark mark) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("run");
        foreach (var (name, value) in identity) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteNumber("steps", steps);
        json.WriteNumber("step", mark.Step);
        json.WriteNumber("loss_sum", mark.LossSum);
        json.WriteNumber("correct", mark.Correct);
        json.WriteNumber("seen", mark.Seen);
        json.WriteNumber("rate", mark.Rate);
        if (mark.Best is { } best)
        {
            json.WriteNumber("best_epoch", best.Epoch);
            json.WriteNumber("best_accuracy", best.Accuracy);
        }

        json.WriteStartArray("epochs");
        foreach (var epoch in mark.Epochs)
        {
            json.WriteStartObject();
            json.WriteNumber("rate", epoch.Rate);
            json.WriteNumber("loss", epoch.Loss);
            json.WriteNumber("accuracy", epoch.Accuracy);
            if (epoch.Test is { } test)
            {
                json.WriteFinite("test_loss", test.Loss);
                json.WriteNumber("test_accuracy", test.Accuracy);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>Reads a head; the best weights are still to come.</summary>
    /// <exception cref="AuditException">Invalid: not such a head. Usage: another run's.</exception>
    public static (long Steps, TrainingMark Mark) Read(string text, string where, IReadOnlyList<KeyValuePair<string, string>> identity)
    {
        var root = JsonFields.Parse(text, where);
        var run = root.Object("run") ?? throw root.Wrong("run", "nothing", "an object");
        foreach (var name in identity.Select(i => i.Key).Concat(run.Names()).Distinct())
        {
            var (found, wanted) = (run.Text(name), identity.FirstOrDefault(i => i.Key == name).Value);
            if (found != wanted)
                throw new AuditException(AuditCode.Usage, $"{where}, {name}", $"a run with {found ?? "none"}", wanted ?? "none", "Resume with the same command line and files, or remove the checkpoint.");
        }

        var epochs = root.List("epochs").Select((item, i) => Epoch(new JsonFields(item.Element, item.Where), i + 1)).ToList();
        var best = root.Integer("best_epoch", 1, int.MaxValue) is { } number ? new BestWeights((int)number, root.Number("best_accuracy") ?? 0, [], []) : null;
        return (Whole(root, "steps"), TrainingMark.At(
            epochs, (int)Whole(root, "step"), root.Number("loss_sum") ?? 0, Whole(root, "correct"), Whole(root, "seen"), root.Number("rate") ?? 0, best));
    }

    private static EpochResult Epoch(JsonFields fields, int number)
    {
        EvaluationResult? test = fields.Number("test_accuracy") is { } accuracy ? new EvaluationResult(fields.Number("test_loss") ?? double.NaN, accuracy) : null;
        return new EpochResult(number, fields.Number("rate") ?? 0, fields.Number("loss") ?? 0, fields.Number("accuracy") ?? 0, test);
    }

    private static long Whole(JsonFields fields, string name) => fields.Integer(name, 0, long.MaxValue) ?? throw fields.Wrong(name, "nothing", "a whole number");
}
