using System.Globalization;
using OnnxAudit.Corruptions;
using OnnxAudit.Corruptions.Mnist;

namespace OnnxAudit.Plans;

/// <summary>Corruptions and severities put on a dataset: one suite each, beside the dataset as it is.</summary>
/// <param name="Cells">Which, corruption by corruption, mild to strong; the common ones first.</param>
public sealed record CorruptionGrid(IReadOnlyList<SuiteCorruption> Cells)
{
    private const int Mildest = 1, Strongest = Corruption.Severities;
    private const string MnistC = "mnist-c";

    private static readonly (string Word, Func<Corruption, bool> Has)[] Groups = [("all", _ => true), ("common", c => !c.Extra), ("extra", c => c.Extra)];
    private static readonly Corruption[] Known = [.. CorruptionTable.All, .. MnistTable.All];

    /// <summary>Words that stand for several corruptions; mnist-c is the published set, each at its own severity.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Groups.Select(g => g.Word), MnistC];

    /// <summary>Names of every corruption, the common ones first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(c => c.Name)];

    /// <summary>The corruptions, each once.</summary>
    public IReadOnlyList<Corruption> Corruptions => [.. Cells.Select(c => c.Name).Distinct().Select(MnistTable.Find)];

    /// <summary>Reads names (or <see cref="Words"/>) and severities ("3", "1-5"); both may be lists of lists separated by commas.</summary>
    /// <param name="names">What to do to the images.</param>
    /// <param name="severities">How strongly; none means 1 to 5.</param>
    /// <param name="source">Where they stand, for messages.</param>
    /// <exception cref="AuditException">Usage: an unknown corruption or severity, or one asked for twice.</exception>
    public static CorruptionGrid Parse(IEnumerable<string> names, IEnumerable<string> severities, string source)
    {
        var strengths = Items(severities).SelectMany(text => Range(text, source)).ToArray();
        if (strengths.Length == 0) strengths = [.. Enumerable.Range(Mildest, Strongest)];
        var cells = Items(names).SelectMany(name => name == MnistC ? MnistTable.Published.Select(p => new SuiteCorruption(p.Corruption.Name, p.Severity)) : Cross(name, strengths)).ToArray();
        if (cells.GroupBy(c => c).FirstOrDefault(g => g.Count() > 1)?.Key is { } twice)
            throw Wrong(source, FormattableString.Invariant($"corruption {twice.Name} at severity {twice.Severity} twice"), "each of them once");
        return new CorruptionGrid([.. cells.OrderBy(c => Array.FindIndex(Known, k => k.Name == c.Name)).ThenBy(c => c.Severity)]);
    }

    /// <summary>The dataset as it is, then corruption by corruption, mild to strong.</summary>
    public IEnumerable<SuitePlan> Over(SuitePlan clean) => Cells.Select(cell =>
        clean with { Id = string.Create(CultureInfo.InvariantCulture, $"{clean.Id}-{cell.Name}-{cell.Severity}"), Corruption = cell }).Prepend(clean);

    private static IEnumerable<SuiteCorruption> Cross(string name, int[] severities)
    {
        var group = Array.Find(Groups, g => g.Word == name);
        var corruptions = group.Has is null ? [MnistTable.Find(name)] : CorruptionTable.All.Where(group.Has);
        return corruptions.SelectMany(c => severities.Select(s => new SuiteCorruption(c.Name, s)));
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

    private static AuditException Wrong(string source, string found, string expected) => new(AuditCode.Usage, source, found, expected, "Correct the list.");
}
