using System.Globalization;
using OnnxAudit.Corruptions;

namespace OnnxAudit.Plans;

/// <summary>Corruptions and severities put on a dataset: one suite each, beside the dataset as it is.</summary>
/// <param name="Corruptions">Names, in the table's order.</param>
/// <param name="Severities">1 (mild) to 5, ascending.</param>
public sealed record CorruptionGrid(IReadOnlyList<string> Corruptions, IReadOnlyList<int> Severities)
{
    private const int Mildest = 1, Strongest = 5;

    /// <summary>Words that stand for several corruptions.</summary>
    public static readonly IReadOnlyList<(string Word, Func<Corruption, bool> Has)> Words =
        [("all", _ => true), ("common", c => !c.Extra), ("extra", c => c.Extra)];

    /// <summary>Reads names (or words: all, common, extra) and severities ("3", "1-5"); both may be lists of lists separated by commas.</summary>
    /// <param name="names">What to do to the images.</param>
    /// <param name="severities">How strongly; none means 1 to 5.</param>
    /// <param name="source">Where they stand, for messages.</param>
    /// <exception cref="AuditException">Usage: an unknown corruption or severity, or one named twice.</exception>
    public static CorruptionGrid Parse(IEnumerable<string> names, IEnumerable<string> severities, string source)
    {
        var chosen = Items(names).SelectMany(name => Words.Any(w => w.Word == name) ? CorruptionTable.All.Where(Words.First(w => w.Word == name).Has) : [CorruptionTable.Find(name)]).ToArray();
        var strengths = Items(severities).SelectMany(text => Range(text, source)).ToArray();
        if (strengths.Length == 0) strengths = [.. Enumerable.Range(Mildest, Strongest)];
        if (Twice(chosen.Select(c => c.Name)) is { } name) throw Wrong(source, $"corruption '{name}' twice", "each corruption once");
        if (Twice(strengths.Select(s => s.ToString(CultureInfo.InvariantCulture))) is { } severity) throw Wrong(source, $"severity {severity} twice", "each severity once");
        return new CorruptionGrid([.. CorruptionTable.All.Where(chosen.Contains).Select(c => c.Name)], [.. strengths.Order()]);
    }

    /// <summary>The dataset as it is, then corruption by corruption, mild to strong.</summary>
    public IEnumerable<SuitePlan> Over(SuitePlan clean)
    {
        yield return clean;
        foreach (var name in Corruptions)
            foreach (var severity in Severities)
                yield return clean with { Id = string.Create(CultureInfo.InvariantCulture, $"{clean.Id}-{name}-{severity}"), Corruption = new SuiteCorruption(name, severity) };
    }

    private static IEnumerable<int> Range(string text, string source)
    {
        var ends = text.Split('-');
        var (from, to) = (Whole(ends[0]), Whole(ends[^1]));
        return ends.Length <= 2 && from <= to ? Enumerable.Range(from, to - from + 1) : throw Bad();

        int Whole(string part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= Mildest and <= Strongest ? value : throw Bad();

        AuditException Bad() => Wrong(source, $"severity '{text}'", FormattableString.Invariant($"{Mildest} to {Strongest}, or a range of them such as 1-5"));
    }

    private static string[] Items(IEnumerable<string> given) => [.. given.SelectMany(g => g.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static string? Twice(IEnumerable<string> items) => items.GroupBy(i => i).FirstOrDefault(g => g.Count() > 1)?.Key;

    private static AuditException Wrong(string source, string found, string expected) => new(AuditCode.Usage, source, found, expected, "Correct the list.");
}
