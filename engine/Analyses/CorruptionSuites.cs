using OnnxAudit.Bundles;
using OnnxAudit.Plans;

namespace OnnxAudit.Analyses;

/// <summary>A corrupted suite.</summary>
/// <param name="Suite">Its id.</param>
/// <param name="Corruption">What was done to its images.</param>
public sealed record CorruptedSuite(string Suite, SuiteCorruption Corruption);

/// <summary>A clean suite and the corrupted ones over the same samples: the grid that robustness is counted over.</summary>
/// <param name="Clean">Id of the clean suite.</param>
/// <param name="Corrupted">Its corruptions in plan order; empty for a suite that is only clean.</param>
public sealed record CorruptionSuites(string Clean, IReadOnlyList<CorruptedSuite> Corrupted)
{
    /// <summary>
    /// The grids of a bundle, one a clean suite. A corrupted suite belongs to the clean one of the same data, else to the first with the same labels in the same
    /// order; one that belongs to none is named in <paramref name="left"/>.
    /// </summary>
    /// <exception cref="AuditException">Invalid: samples of a suite are missing or damaged.</exception>
    public static IReadOnlyList<CorruptionSuites> Of(Bundle bundle, out IReadOnlyList<string> left)
    {
        var datasets = bundle.Manifest.Datasets;
        DatasetEntry[] clean = [.. datasets.Where(d => d.Corruption is null)];
        var members = clean.ToDictionary(d => d.Id, _ => new List<CorruptedSuite>(), StringComparer.Ordinal);
        var without = new List<string>();
        foreach (var dataset in datasets)
        {
            if (dataset.Corruption is not { } corruption) continue;
            var home = clean.FirstOrDefault(c => c.Spec == dataset.Spec && c.Count == dataset.Count) ?? clean.FirstOrDefault(c => SameLabels(bundle, c, dataset));
            if (home is null) without.Add(dataset.Id);
            else members[home.Id].Add(new CorruptedSuite(dataset.Id, corruption));
        }

        left = without;
        return [.. clean.Select(c => new CorruptionSuites(c.Id, members[c.Id]))];
    }

    private static bool SameLabels(Bundle bundle, DatasetEntry a, DatasetEntry b) =>
        a.Count == b.Count && bundle.Samples(a.Id).Labels.Span.SequenceEqual(bundle.Samples(b.Id).Labels.Span);
}
