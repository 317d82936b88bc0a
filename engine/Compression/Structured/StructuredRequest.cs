using OnnxAudit.Data;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression.Structured;

/// <summary>Files and choices of a structured removal.</summary>
/// <param name="ModelPath">The model.</param>
/// <param name="OutPath">The model to write; not the input.</param>
/// <param name="Amount">Fraction of the channel groups that may go to remove, in (0,1). Of n exactly ⌊amount·n + 1e-9⌋ go, fewer where a value would lose its last channel.</param>
/// <param name="Criterion">Which go first.</param>
/// <param name="Runtime">ONNX Runtime.</param>
/// <param name="ToolVersion">Version of the program, for the lineage.</param>
public sealed record StructuredRequest(string ModelPath, string OutPath, double Amount, StructuredCriterion Criterion, OrtLibrary Runtime, string ToolVersion)
{
    /// <summary>What competes with what: the groups of each set of connected layers, or all.</summary>
    public MaskScope Scope { get; init; } = MaskScope.Layer;

    /// <summary>Of every set of layers a multiple of this many groups stays: kernels run fastest on multiples of 8 or 16 channels.</summary>
    public int MultipleOf { get; init; } = 1;

    /// <summary>Zero the channels and keep every shape.</summary>
    public bool ZeroOnly { get; init; }

    /// <summary>Seed of random importance and of the draw of samples.</summary>
    public ulong Seed { get; init; }

    /// <summary>DATA SPEC of labelled images, for the criteria that take gradients; null for the others.</summary>
    public string? Data { get; init; }

    /// <summary>Samples to take gradients over, drawn by the seed; all when there are no more.</summary>
    public int Samples { get; init; } = 1024;

    /// <summary>Patterns on operator, node or weight name of layers whose channels may go; empty: all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Patterns of layers whose channels stay.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>How pixels become inputs; null: as the model's metadata or the JSON beside it says.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>Name of the classifier-head node, when the search must not choose.</summary>
    public string? Head { get; init; }

    /// <summary>Threads of gradients and of the measured passes.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Passes of each model to measure latency with; 0 measures nothing.</summary>
    public int LatencyRuns { get; init; } = 20;

    /// <summary>This request, checked.</summary>
    /// <exception cref="AuditException">Usage: numbers out of range; data missing, or given without use.</exception>
    internal StructuredRequest Validated()
    {
        if (!(Amount > 0 && Amount < 1)) throw Bad("amount", Amount, "a fraction to remove, 0 < amount < 1");
        if (MultipleOf < 1) throw Bad("multiple of", MultipleOf, "1 or more");
        if (Samples < 1) throw Bad("samples", Samples, "1 or more");
        if (LatencyRuns < 0) throw Bad("latency runs", LatencyRuns, "0 or more");
        if (StructuredCriteria.NeedsData(Criterion) != Data is not null)
            throw new AuditException(AuditCode.Usage, $"criterion {StructuredCriteria.NameOf(Criterion)}", Data is null ? "no data" : $"data '{Data}'",
                Data is null ? "labelled images to take gradients over" : "no data: it looks at the weights alone", Data is null ? "Add --data SPEC." : "Leave --data out.");
        return this;
    }

    /// <summary>What gradients are taken over.</summary>
    internal PruneData DataOf(string spec) => new(Runtime, spec, Preprocessing, Head);

    /// <summary>The choices as lineage parameters, in a fixed order; data: what gradients were taken over.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Parameters(string? data, int samples)
    {
        static string N(IFormattable n) => n.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
        List<KeyValuePair<string, string>> all = [new("criterion", StructuredCriteria.NameOf(Criterion)), new("amount", N(Amount)), new("scope", Scope == MaskScope.Global ? "global" : "layer")];
        if (MultipleOf > 1) all.Add(new("multiple of", N(MultipleOf)));
        if (ZeroOnly) all.Add(new("zero only", "yes"));
        if (Criterion == StructuredCriterion.Random || data is not null) all.Add(new("seed", N(Seed)));
        if (data is not null) all.AddRange([new("samples", N(samples)), new("data", data)]);
        if (Include.Count > 0) all.Add(new("include", string.Join(',', Include)));
        if (Exclude.Count > 0) all.Add(new("exclude", string.Join(',', Exclude)));
        return all;
    }

    private static AuditException Bad(string what, IFormattable found, string expected) =>
        new(AuditCode.Usage, what, found.ToString(null, System.Globalization.CultureInfo.InvariantCulture), expected, "Change the value.");
}
