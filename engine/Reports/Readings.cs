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
            new("Severity set", HasGrid(plan) ? "each cell stands for itself; corruption tables take means over the severities audited, and say which" : "each suite stands for itself; nothing is averaged over severities"),
            new("Pruning scope", Scopes(plan)),
            new("Similarity scaling", "as the similarity section says, where a map is drawn"),
            new("Spanning-tree space", "as the similarity section says, where a map is drawn"),
            new("Occlusion", "not measured in this audit"),
        ];
    }

    private static string Scopes(JsonElement plan)
    {
        if (plan.ValueKind != JsonValueKind.Object || !plan.TryGetProperty("variants", out var variants) || variants.ValueKind != JsonValueKind.Array) return "as the variants say";
        var scopes = variants.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Object && v.TryGetProperty("mask", out var mask) && mask.ValueKind == JsonValueKind.Object)
            .Select(v => Scope(v.GetProperty("mask"))).Distinct().ToArray();
        return scopes.Length == 0 ? "no masks in this audit" : string.Join("; ", scopes);
    }

    private static string Scope(JsonElement mask) => Text(mask, "pattern") is { } pattern ? $"pattern {pattern} along the input channels"
        : (Text(mask, "scope") ?? "global") + ": exactly ⌊amount·n⌋ of the n competing weights go";

    private static bool HasGrid(JsonElement plan) => plan.ValueKind == JsonValueKind.Object && plan.TryGetProperty("suites", out var suites) && suites.ValueKind == JsonValueKind.Array
        && suites.EnumerateArray().Any(s => Text(s, "corruption") is not null);

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
