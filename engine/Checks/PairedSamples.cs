using OnnxAudit.Bundles;
using OnnxAudit.Runs;

namespace OnnxAudit.Checks;

/// <summary>Counts of a paired comparison, or why there is none.</summary>
internal readonly record struct PairCounts(int Pairs, int Right, int Lost, int Gained, string? Problem)
{
    internal static PairCounts None(string problem) => new(0, 0, 0, 0, problem);
}

/// <summary>Compares two cells sample by sample; they must be over the very same samples.</summary>
internal sealed class PairedSamples(ICheckSource here, ICheckSource reference)
{
    private readonly Dictionary<string, string?> _problems = new(StringComparer.Ordinal);
    private readonly Dictionary<(ICheckSource Source, string Suite, string Kind, string Name), int[]?> _rows = [];

    /// <summary>Null when a suite's samples are the same on both sides, else what differs.</summary>
    internal string? Problem(string suite)
    {
        if (ReferenceEquals(here, reference)) return null;
        if (!_problems.TryGetValue(suite, out var problem)) _problems.Add(suite, problem = Compare(suite));
        return problem;
    }

    /// <summary>Lost and gained samples of a slice.</summary>
    internal PairCounts Count(Cell cell, Cell referenceCell, string kind, string name)
    {
        if (here.Correct(cell) is not { } now) return PairCounts.None($"column 'correct' is missing in {here.Name}");
        if (reference.Correct(referenceCell) is not { } before) return PairCounts.None($"column 'correct' is missing in {reference.Name}");
        if (Rows(here, cell.Suite, kind, name) is not { } rows) return PairCounts.None($"{kind} '{name}' is missing in {here.Name}");
        if (kind == "group" && !ReferenceEquals(here, reference)
            && !(Rows(reference, cell.Suite, kind, name) is { } other && other.AsSpan().SequenceEqual(rows)))
            return PairCounts.None($"group '{name}' holds other samples in {reference.Name}");
        var nowRight = now.Span;
        var beforeRight = before.Span;
        int right = 0, lost = 0, gained = 0;
        foreach (var row in rows)
        {
            bool isRight = nowRight[row] != 0, wasRight = beforeRight[row] != 0;
            if (isRight) right++;
            if (wasRight && !isRight) lost++;
            if (isRight && !wasRight) gained++;
        }

        return new(rows.Length, right, lost, gained, null);
    }

    private string? Compare(string suite)
    {
        var mine = here.Manifest.Datasets.First(d => d.Id == suite);
        var other = reference.Manifest.Datasets.FirstOrDefault(d => d.Id == suite);
        if (other is null) return $"suite '{suite}' is not in {reference.Name}";
        if (mine.Sha256 != other.Sha256) return $"suite '{suite}' has other data in {reference.Name} (SHA-256 {other.Sha256[..Math.Min(12, other.Sha256.Length)]}…)";
        var (a, b) = (here.Samples(suite), reference.Samples(suite));
        if (!a.SourceIndices.Span.SequenceEqual(b.SourceIndices.Span)) return $"suite '{suite}' has other sample ids in {reference.Name}";
        return a.Labels.Span.SequenceEqual(b.Labels.Span) ? null : $"suite '{suite}' has other labels in {reference.Name}";
    }

    private int[]? Rows(ICheckSource source, string suite, string kind, string name)
    {
        if (!_rows.TryGetValue((source, suite, kind, name), out var rows)) _rows.Add((source, suite, kind, name), rows = FindRows(source.Samples(suite), kind, name));
        return rows;
    }

    private static int[]? FindRows(BundleSamples samples, string kind, string name)
    {
        switch (kind)
        {
            case "all":
                return [.. Enumerable.Range(0, samples.Labels.Length)];
            case "group":
                return samples.Groups.FirstOrDefault(g => g.Name == name)?.Rows.ToArray();
            default:
                var label = samples.Classes.ToList().IndexOf(name);
                if (label < 0) return null;
                var rows = new List<int>();
                var labels = samples.Labels.Span;
                for (var row = 0; row < labels.Length; row++)
                    if (labels[row] == label) rows.Add(row);
                return [.. rows];
        }
    }
}
