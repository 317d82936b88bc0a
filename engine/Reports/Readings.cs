using System.Text.Json;

namespace OnnxAudit.Reports;

/// <summary>How an audit reads what the literature leaves open; every report states it.</summary>
internal static class Readings
{
    /// <summary>The readings of a plan, as kept in a bundle.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(string planJson)
    {
        using var document = JsonDocument.Parse(planJson);
        var plan = document.RootElement;
        var margin = Text(plan, "margin") switch
        {
            "region" => "distance to the nearest boundary of the predicted class's region, negative when wrong",
            "signed" => "signed distance to the nearest boundary of the true class",
            _ => "absolute distance to the nearest hyper-plane of the true class, times −1 when wrong",
        };
        return
        [
            new("Angle", "to the direction of the true class, degrees; 90 where a feature or direction is zero"),
            new("Margin", margin),
            new("Classifier bias", Flag(plan, "bias_aware") ? "part of the margin's hyper-planes" : "left out of angle, length and margin; part of prediction, probability and the margin's sign"),
            new("Probability", "softmax of the model's own logits, of the true class"),
            new("Severity set", "each suite stands for itself; nothing is averaged over severities"),
            new("Pruning scope", Scopes(plan)),
            new("Similarity scaling", "not measured in this audit"),
            new("Spanning-tree space", "not measured in this audit"),
            new("Occlusion", "not measured in this audit"),
        ];
    }

    private static string Scopes(JsonElement plan)
    {
        if (plan.ValueKind != JsonValueKind.Object || !plan.TryGetProperty("variants", out var variants) || variants.ValueKind != JsonValueKind.Array) return "as the variants say";
        var scopes = variants.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Object && v.TryGetProperty("mask", out var mask) && mask.ValueKind == JsonValueKind.Object)
            .Select(v => Text(v.GetProperty("mask"), "scope") ?? "global").Distinct().ToArray();
        return scopes.Length == 0 ? "no masks in this audit" : string.Join(" and ", scopes) + ": exactly ⌊amount·n⌋ of the n competing weights go";
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
