using OnnxAudit.Files;

namespace OnnxAudit.Checks;

/// <summary>Reads a policy. YAML is turned into JSON before it comes here.</summary>
public static class PolicyJson
{
    private const int MostRules = 10_000;

    /// <summary>Reads <paramref name="json"/>; <paramref name="source"/> names the file in errors.</summary>
    /// <exception cref="AuditException">Invalid: not JSON, an unknown key, a missing or contradictory one; names key and position ("policy.yaml, rules[2], limit").</exception>
    public static Policy Read(string json, string source)
    {
        var root = JsonFields.Parse(json, source);
        if (root.Text("schema") is { } schema && schema != Policy.Schema) throw root.Wrong("schema", $"'{schema}'", $"'{Policy.Schema}'");
        var alpha = Alpha(root) ?? Policy.DefaultAlpha;
        var items = root.List("rules");
        root.Done();
        if (items.Count is 0 or > MostRules) throw root.Wrong("rules", FormattableString.Invariant($"{items.Count} rules"), FormattableString.Invariant($"1 to {MostRules}"));
        var rules = new List<Rule>(items.Count);
        foreach (var (element, where) in items)
        {
            var at = new JsonFields(element, where);
            var rule = ReadRule(at, alpha);
            if (rules.Any(r => r.Name == rule.Name)) throw at.Wrong("name", $"'{rule.Name}' again", "a name of its own for every rule");
            rules.Add(rule);
        }

        return new Policy(alpha, rules);
    }

    private static Rule ReadRule(JsonFields at, double alpha)
    {
        var rule = new Rule(Filled(at, "name"), Filled(at, "metric"), ReadCells(at.Object("cells")), ReadSlice(at),
            ReadLimit(at.Object("limit")), ReadRelative(at.Object("relative")), Alpha(at) ?? alpha);
        at.Done();
        if (rule.Limit is null == rule.Relative is null)
            throw at.Wrong("limit", rule.Limit is null ? "neither 'limit' nor 'relative'" : "both 'limit' and 'relative'", "exactly one of the two");
        return rule;
    }

    private static CellSelector ReadCells(JsonFields? at)
    {
        if (at is null) return new CellSelector(["*"], ["*"], ["*"]);
        var selector = new CellSelector(Patterns(at, "variant"), Patterns(at, "suite"), Patterns(at, "device"));
        at.Done();
        return selector;
    }

    private static IReadOnlyList<string> Patterns(JsonFields at, string name)
    {
        if (at.Element(name) is null) return ["*"];
        var patterns = at.Texts(name);
        return patterns.Count > 0 && patterns.All(p => p.Length > 0) ? patterns : throw at.Wrong(name, "an empty pattern or list", "a name or pattern, or a list of them");
    }

    private static SliceSelector ReadSlice(JsonFields at)
    {
        if (at.Element("slice") is not { } element) return SliceSelector.All;
        if (element.ValueKind == System.Text.Json.JsonValueKind.String)
            return element.GetString() == "all" ? SliceSelector.All : throw at.Wrong("slice", JsonFields.Shown(element), "all, {class: NAME} or {group: NAME}");
        var fields = at.Object("slice")!;
        var (byClass, byGroup) = (fields.Text("class"), fields.Text("group"));
        fields.Done();
        return (byClass, byGroup) switch
        {
            ({ Length: > 0 }, null) => new SliceSelector("class", byClass),
            (null, { Length: > 0 }) => new SliceSelector("group", byGroup),
            _ => throw at.Wrong("slice", JsonFields.Shown(element), "all, {class: NAME} or {group: NAME}"),
        };
    }

    private static Limit? ReadLimit(JsonFields? at)
    {
        if (at is null) return null;
        var limit = new Limit(at.Number("min"), at.Number("max"));
        at.Done();
        if (limit is { Min: null, Max: null }) throw at.Wrong("min", "neither 'min' nor 'max'", "at least one of the two");
        if (limit.Min > limit.Max) throw at.Wrong("min", FormattableString.Invariant($"{limit.Min} above max {limit.Max}"), "min at most max");
        return limit;
    }

    private static RelativeLimit? ReadRelative(JsonFields? at)
    {
        if (at is null) return null;
        var variant = at.Text("variant");
        var limit = new RelativeLimit(variant, NotNegative(at, "max_drop"), NotNegative(at, "max_rise"), NotNegative(at, "max_drop_ratio"), NotNegative(at, "max_rise_ratio"));
        at.Done();
        if (variant is "") throw at.Wrong("variant", "an empty name", "a variant of the same bundle");
        return limit is { HasDrop: false, MaxRise: null, MaxRiseRatio: null }
            ? throw at.Wrong("max_drop", "no bound", "at least one of max_drop, max_rise, max_drop_ratio, max_rise_ratio") : limit;
    }

    private static double? NotNegative(JsonFields at, string name) => at.Number(name) is not { } value ? null
        : value >= 0 ? value : throw at.Wrong(name, FormattableString.Invariant($"{value}"), "a number of at least 0");

    private static double? Alpha(JsonFields at) => at.Number("alpha") is not { } alpha ? null
        : alpha is > 0 and < 1 ? alpha : throw at.Wrong("alpha", FormattableString.Invariant($"{alpha}"), "a number between 0 and 1");

    private static string Filled(JsonFields at, string name) => at.RequiredText(name) is { Length: > 0 } text ? text : throw at.Wrong(name, "an empty string", "a name");
}
