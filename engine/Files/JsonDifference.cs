using System.Text.Json;

namespace OnnxAudit.Files;

/// <summary>The first place where two JSON values differ: its path and both values, absent ones as "absent".</summary>
internal sealed record JsonDifference(string Path, string First, string Second)
{
    /// <summary>Compares in the first's key order; key order itself does not count. Null when equal.</summary>
    internal static JsonDifference? Find(JsonElement first, JsonElement second, string path = "$")
    {
        if (first.ValueKind != second.ValueKind) return new(path, Shorten(first), Shorten(second));
        switch (first.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in first.EnumerateObject())
                {
                    var there = $"{path}.{member.Name}";
                    if (!second.TryGetProperty(member.Name, out var other)) return new(there, Shorten(member.Value), "absent");
                    if (Find(member.Value, other, there) is { } inner) return inner;
                }

                foreach (var member in second.EnumerateObject())
                    if (!first.TryGetProperty(member.Name, out _)) return new($"{path}.{member.Name}", "absent", Shorten(member.Value));
                return null;
            case JsonValueKind.Array:
                int count = first.GetArrayLength(), otherCount = second.GetArrayLength();
                for (var i = 0; i < Math.Min(count, otherCount); i++)
                    if (Find(first[i], second[i], FormattableString.Invariant($"{path}[{i}]")) is { } inner) return inner;
                if (count == otherCount) return null;
                var end = FormattableString.Invariant($"{path}[{Math.Min(count, otherCount)}]");
                return new(end, count > otherCount ? Shorten(first[otherCount]) : "absent", count < otherCount ? Shorten(second[count]) : "absent");
            case JsonValueKind.String:
                return first.GetString() == second.GetString() ? null : new(path, Shorten(first), Shorten(second));
            default:
                return first.GetRawText() == second.GetRawText() ? null : new(path, Shorten(first), Shorten(second));
        }
    }

    private static string Shorten(JsonElement element)
    {
        var raw = element.GetRawText();
        return raw.Length <= 80 ? raw : raw[..77] + "...";
    }
}
