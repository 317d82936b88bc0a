using System.Runtime.InteropServices;
using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Saliency;

namespace OnnxAudit.Runs;

/// <summary>
/// Saliency of one cell: profiles batch by batch into the column saliency, statistics on the way, and at the end the standardised profiles from the column
/// read back and the statistics as tables. Memory does not grow with the samples.
/// </summary>
internal sealed class CellSaliency : IDisposable
{
    private readonly SaliencySession _session;
    private readonly TimeProvider _clock;
    private readonly long _samples;
    private readonly int _batch;
    private readonly SaliencyStatistics _all;
    private readonly SaliencyStatistics _correct;
    private readonly SaliencyStatistics _wrong;
    private readonly float[] _profiles;
    private TimeSpan _spent;

    private CellSaliency(SaliencySession session, TimeProvider clock, int samples, int batch)
    {
        (_session, _clock, _samples, _batch) = (session, clock, samples, batch);
        (_all, _correct, _wrong) = (new SaliencyStatistics(session.Filters), new SaliencyStatistics(session.Filters), new SaliencyStatistics(session.Filters));
        _profiles = new float[(long)batch * session.Filters];
    }

    /// <summary>The layers of the profiles.</summary>
    internal IReadOnlyList<FilterLayer> Layers => _session.Layers;

    /// <summary>Opens a gradient session on a copy of the variant's model. dims: shape of one input sample.</summary>
    internal static CellSaliency Open(PreparedAudit audit, ModelVariant variant, ReadOnlySpan<long> dims, int samples, int batch, SessionSettings settings)
    {
        var model = OnnxReader.Read(variant.ModelPath);
        foreach (var (name, tensor) in variant.Overrides) model.Graph.SetInitializer(name, tensor);
        var options = audit.Plan.Saliency! with { Head = audit.Plan.Head };
        return new CellSaliency(SaliencySession.Open(model, dims, audit.Environment.Runtime, settings, audit.Kernels, options), audit.Environment.Clock, samples, batch);
    }

    /// <summary>Takes a batch. correct: 1 or 0 a sample.</summary>
    internal void Take(Batch part, ReadOnlySpan<int> labels, ReadOnlySpan<byte> correct, ICellWriter writer, CancellationToken cancellation)
    {
        var start = _clock.GetTimestamp();
        var profiles = _profiles.AsSpan(0, part.Count * _session.Filters);
        _session.Run(part.Inputs, part.Dims, labels, profiles, [], cancellation);
        _spent += _clock.GetElapsedTime(start);
        _all.Take(profiles);
        for (var i = 0; i < part.Count; i++)
            (correct[i] == 1 ? _correct : _wrong).Take(profiles.Slice(i * _session.Filters, _session.Filters));
        writer.Append("saliency", ElementType.Float, [_samples, _session.Filters], MemoryMarshal.AsBytes(profiles));
    }

    /// <summary>Writes what needed every sample: saliency_standardised, and the tables saliency_mean, _deviation, _mean_correct and _mean_wrong, float64 [K].</summary>
    internal void Finish(ICellWriter writer)
    {
        long[] dims = [_samples, _session.Filters];
        writer.ReadBack("saliency", _batch, bytes =>
        {
            var standardised = _profiles.AsSpan(0, bytes.Length / sizeof(float));
            _all.Standardise(MemoryMarshal.Cast<byte, float>(bytes.Span), standardised);
            writer.Append("saliency_standardised", ElementType.Float, dims, MemoryMarshal.AsBytes(standardised));
        });
        Table(writer, "saliency_mean", _all.Mean);
        Table(writer, "saliency_deviation", [.. Enumerable.Range(0, _session.Filters).Select(_all.Deviation)]);
        Table(writer, "saliency_mean_correct", MeanOrNone(_correct));
        Table(writer, "saliency_mean_wrong", MeanOrNone(_wrong));
    }

    /// <summary>saliency.mean over samples and filters, and the mean standardised saliency of correct and of wrong samples (NaN without any).</summary>
    internal IReadOnlyList<KeyValuePair<string, double>> Metrics() =>
    [
        new("saliency.mean", Mean(_all.Mean)),
        new("saliency.standardised.correct", Standardised(_correct)),
        new("saliency.standardised.wrong", Standardised(_wrong)),
    ];

    /// <summary>Time and rate of the gradient passes.</summary>
    internal IReadOnlyList<KeyValuePair<string, double>> Timing() =>
        [new("saliency.seconds", _spent.TotalSeconds), new("saliency.images_per_second", _samples / _spent.TotalSeconds)];

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private double Standardised(SaliencyStatistics some)
    {
        if (some.Count == 0) return double.NaN;
        var sum = 0.0;
        for (var k = 0; k < _session.Filters; k++) sum += _all.Standardise(some.Mean[k], k);
        return sum / _session.Filters;
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum / values.Length;
    }

    private static double[] MeanOrNone(SaliencyStatistics some)
    {
        var mean = some.Mean.ToArray();
        if (some.Count == 0) Array.Fill(mean, double.NaN);
        return mean;
    }

    private static void Table(ICellWriter writer, string name, ReadOnlySpan<double> values) =>
        writer.Table(name, ElementType.Double, [values.Length], MemoryMarshal.AsBytes(values));
}
