using OnnxAudit.Saliency;

namespace OnnxAudit.Runs;

/// <summary>The unit of work, of resuming, of sharding and of reporting: one variant on one suite on one device.</summary>
/// <param name="Id">Folder name of the cell in a bundle: variant, suite and device joined by "--"; letters, digits, '.', '_' and '-' only.</param>
/// <param name="Variant">Variant id, unique in the plan, e.g. "resnet20-magnitude-0.50".</param>
/// <param name="Suite">Suite id, unique in the plan, e.g. "cifar10-test".</param>
/// <param name="Device">Execution device, e.g. "cpu".</param>
public sealed record Cell(string Id, string Variant, string Suite, string Device);

/// <summary>Named numbers over a set of samples. Metric names are lower case, dotted, with the unit as suffix where there is one ("angle.mean", "latency.batch1.p50_ms").</summary>
/// <param name="Kind">"all", "class" or "group".</param>
/// <param name="Name">Empty for "all"; else the class or group name.</param>
/// <param name="Samples">How many samples the numbers are over.</param>
/// <param name="Metrics">Name to value in file order; NaN means "undefined here" and is written as null.</param>
public sealed record MetricSlice(string Kind, string Name, int Samples, IReadOnlyList<KeyValuePair<string, double>> Metrics);

/// <summary>What a finished cell says: its slices ("all" first, then classes, then groups) and remarks such as counts of flagged samples.</summary>
public sealed record CellResult(int Samples, IReadOnlyList<MetricSlice> Slices, IReadOnlyList<string> Notes)
{
    /// <summary>The layers of the saliency profiles, in profile order; empty when saliency was not measured.</summary>
    public IReadOnlyList<FilterLayer> Layers { get; init; } = [];
}

/// <summary>What differs from run to run: latencies and throughput, and on what host. Kept outside the digest.</summary>
public sealed record CellTiming(IReadOnlyList<KeyValuePair<string, double>> Metrics, IReadOnlyList<KeyValuePair<string, string>> Host);
