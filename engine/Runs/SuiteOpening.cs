using System.Text;
using OnnxAudit.Corruptions;
using OnnxAudit.Corruptions.Ice;
using OnnxAudit.Corruptions.Mnist;
using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Plans;

namespace OnnxAudit.Runs;

/// <summary>Opens the suites of a plan. The cells of a corruption grid share one open dataset, which belongs to this and not to the suites.</summary>
internal sealed class SuiteOpening(AuditPlan plan, IReadOnlyList<PreparedModel> models) : IDisposable
{
    private readonly Lazy<CorruptionOptions> _options = new(() => plan.Frost is null ? CorruptionOptions.Published : CorruptionOptions.Published with { Frost = FrostSource.Folder(plan.Frost) });
    private readonly Dictionary<string, ImageDataset> _sources = new(StringComparer.Ordinal);

    /// <summary>The suite with its samples and groups.</summary>
    /// <exception cref="AuditException">Usage: models that want their images in different ways. Invalid: the data, or images a corruption cannot take.</exception>
    internal PreparedSuite Open(SuitePlan suite)
    {
        CheckOneWay(suite);
        var first = !_sources.TryGetValue(suite.Data, out var source);
        if (source is null) _sources.Add(suite.Data, source = DataSpec.Open(suite.Data, new DataOptions { Preprocessing = models[0].Preprocessing }));
        ImageDataset dataset = suite.Corruption is not { } corruption ? source
            : CorruptedDataset.Over(source, MnistTable.Find(corruption.Name), corruption.Severity, plan.Seed, CorruptionProfiles.Parse(plan.CorruptionProfile), _options.Value);
        List<string> notes = first ? [.. source.Notes] : [];
        if (dataset is CorruptedDataset { ComparableWithPublished: false } own) notes.Add(own.Options.Frost.Remark);
        if (plan.Groups is null) return new PreparedSuite(suite, dataset, [], dataset.Digest, notes);
        var groups = SampleGroups.Read(plan.Groups, source, out var outside);
        if (outside > 0 && first) notes.Add(FormattableString.Invariant($"{outside} rows of {plan.Groups} name samples outside the range taken: left out"));
        return new PreparedSuite(suite, dataset, groups, Digest.Of(Encoding.UTF8.GetBytes($"{dataset.Digest}\n{Digest.OfFile(plan.Groups)}\n")), notes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var source in _sources.Values) source.Dispose();
    }

    private void CheckOneWay(SuitePlan suite)
    {
        var geometries = models.Select(m => (m.Preprocessing?.Resize, m.Preprocessing?.Crop)).Distinct().Count();
        if (geometries > 1)
            throw new AuditException(AuditCode.Usage, $"suite '{suite.Id}'", $"models that resize and crop in {geometries} ways", "one way for all models of a plan",
                "Audit models of different input size in separate bundles.");
        // Class folders take their labels from the model's class list: another list would judge a model by another's labels.
        var folder = suite.Data.StartsWith("folder:", StringComparison.Ordinal);
        var lists = models.Select(m => m.Preprocessing?.Classes is { } names ? string.Join('\n', names) : null).Where(l => l is not null || folder);
        if (lists.Distinct().Count() > 1)
            throw new AuditException(AuditCode.Usage, $"suite '{suite.Id}'", "models with different class lists", "one class list for all models of a plan",
                "Give all of them the same 'classes' in the same order, or audit them in separate bundles.");
    }
}
