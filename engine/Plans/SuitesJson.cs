using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Plans;

/// <summary>
/// The suites of a plan: <c>suites</c>, spelt out, and the short keys <c>data</c> with <c>corruptions</c> and <c>severities</c>, which make a grid of each dataset.
/// </summary>
internal static class SuitesJson
{
    internal static List<SuitePlan> Read(JsonFields fields, string source)
    {
        var suites = new List<SuitePlan>();
        foreach (var (element, where) in fields.List("suites"))
        {
            var item = new JsonFields(element, where);
            suites.Add(new SuitePlan(item.RequiredText("id"), item.RequiredText("data"), Corruption(item, where)));
            item.Done();
        }

        var (data, corruptions) = (fields.Texts("data"), fields.Texts("corruptions"));
        var severities = fields.List("severities").Select(s => s.Element.ValueKind == JsonValueKind.String ? s.Element.GetString()! : s.Element.GetRawText()).ToArray();
        if (corruptions.Count == 0 && severities.Length > 0) throw fields.Wrong("severities", "no corruptions to give them to", "'corruptions' too, e.g. all");
        if (corruptions.Count > 0 && data.Count == 0) throw fields.Wrong("corruptions", "no data to corrupt", "'data' too");
        var grid = corruptions.Count == 0 ? null : CorruptionGrid.Parse(corruptions, severities, $"{source}, corruptions");
        suites.AddRange(data.SelectMany(spec => SuiteExpansion.Of(spec, grid)));
        return suites;
    }

    internal static void Write(Utf8JsonWriter json, SuitePlan suite)
    {
        json.WriteStartObject();
        json.WriteString("id", suite.Id);
        json.WriteString("data", suite.Data);
        if (suite.Corruption is { } corruption)
        {
            json.WriteString("corruption", corruption.Name);
            json.WriteNumber("severity", corruption.Severity);
        }

        json.WriteEndObject();
    }

    private static SuiteCorruption? Corruption(JsonFields item, string where)
    {
        var severity = item.Integer("severity", 1, 5);
        if (item.Text("corruption") is not { } name) return severity is null ? null : throw item.Wrong("severity", "no corruption to give it to", "'corruption' too");
        return CorruptionGrid.Parse([name], [FormattableString.Invariant($"{severity ?? throw item.Wrong("severity", "nothing", "1 to 5")}")], where) is { Cells: [var cell] }
            ? cell : throw item.Wrong("corruption", $"'{name}'", "one corruption");
    }
}
