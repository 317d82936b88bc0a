using System.Runtime.InteropServices;
using OnnxAudit.Data;
using OnnxAudit.Geometry;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Runs;

/// <summary>
/// One cell: streams the dataset through the session, measures every batch, appends its columns and sums up.
/// Holds one batch and some 30 bytes a sample, whatever the number of cells.
/// </summary>
internal sealed class CellRun
{
    private readonly PreparedAudit _audit;
    private readonly Cell _cell;
    private readonly ModelSession _session;
    private readonly PreparedSuite _suite;
    private readonly Preprocessing? _preprocessing;
    private readonly GeometryMeter? _meter;
    private readonly ClassifierHead? _head;
    private readonly VariantFacts _facts;
    private readonly SampleMeasures _measures;
    private readonly CellSaliency? _saliency;
    private readonly List<double> _passes = [];

    internal CellRun(PreparedAudit audit, Cell cell, ModelSession session, PreparedSuite suite, Preprocessing? preprocessing, GeometryMeter? meter, ClassifierHead? head, VariantFacts facts, CellSaliency? saliency)
    {
        (_audit, _cell, _session, _suite, _preprocessing, _meter, _head, _facts, _saliency) = (audit, cell, session, suite, preprocessing, meter, head, facts, saliency);
        _measures = new SampleMeasures(suite.Dataset.Count);
    }

    internal void Run(ICellStore store, Action<int, double> progress, CancellationToken cancellation)
    {
        var clock = _audit.Environment.Clock;
        using var writer = store.Begin(_cell);
        var batch = _session.FixedBatch ?? _audit.Plan.Batch;
        var full = Math.Min(batch, _suite.Dataset.Count);
        var rows = new GeometryRows();
        var outputs = new PassOutputs();
        var single = new List<KeyValuePair<string, double>>();
        var start = clock.GetTimestamp();
        using (var stream = BatchStream.Over(_suite.Dataset, _preprocessing, batch, cancel: cancellation, clock: clock))
            foreach (var part in stream)
            {
                if (part.First == 0)
                {
                    single.AddRange(SingleSampleLatency(part, clock, cancellation));
                    start = clock.GetTimestamp();
                }

                var passStart = clock.GetTimestamp();
                _session.Run(part.Inputs, part.Dims, outputs, cancellation);
                if (part.Count == full) _passes.Add(clock.GetElapsedTime(passStart).TotalMilliseconds);
                Measure(part, outputs, rows, writer);
                _saliency?.Take(part, _suite.Dataset.Labels.Span.Slice(part.First, part.Count), rows.Correct, writer, cancellation);
                progress(part.First + part.Count, (part.First + part.Count) / clock.GetElapsedTime(start).TotalSeconds);
            }

        var seconds = clock.GetElapsedTime(start).TotalSeconds;
        _saliency?.Finish(writer);
        var result = CellSummary.Of(_suite, _measures, _facts, _meter is not null, _saliency?.Metrics() ?? []) with { Layers = _saliency?.Layers ?? [] };
        writer.Complete(result, Timing(single, full, seconds));
    }

    private void Measure(Batch part, PassOutputs outputs, GeometryRows rows, ICellWriter writer)
    {
        var labels = _suite.Dataset.Labels.Span.Slice(part.First, part.Count);
        CheckShape(outputs);
        CheckLabels(labels, part.First, outputs.Classes);
        try
        {
            if (_meter is not null) _meter.Measure(outputs.Features, outputs.Logits, labels, rows, part.First);
            else rows.Predict(outputs.Logits, labels, outputs.Classes, part.First);
        }
        catch (AuditException e)
        {
            throw new AuditException(e.Code, $"cell {_cell.Id}, {e.Where}", e.Found, e.Expected, e.Fix, e);
        }

        _measures.Take(part.First, rows, _meter is not null);
        Append(writer, outputs, rows);
    }

    private void Append(ICellWriter writer, PassOutputs outputs, GeometryRows rows)
    {
        long n = _suite.Dataset.Count;
        Write<float>("logits", ElementType.Float, [n, outputs.Classes], outputs.Logits);
        Write<int>("prediction", ElementType.Int32, [n], rows.Prediction);
        Write<byte>("correct", ElementType.UInt8, [n], rows.Correct);
        Write<float>("probability", ElementType.Float, [n], rows.Probability);
        Write<float>("loss", ElementType.Float, [n], rows.Loss);
        if (_meter is null) return;
        Write<float>("features", ElementType.Float, [n, outputs.FeatureCount], outputs.Features);
        Write<float>("angle", ElementType.Float, [n], rows.Angle);
        Write<float>("angles", ElementType.Float, [n, outputs.Classes], rows.Angles);
        Write<float>("length", ElementType.Float, [n], rows.Length);
        Write<float>("margin", ElementType.Float, [n], rows.Margin);

        void Write<T>(string name, ElementType type, ReadOnlySpan<long> dims, ReadOnlySpan<T> values) where T : unmanaged =>
            writer.Append(name, type, dims, MemoryMarshal.AsBytes(values));
    }

    private IReadOnlyList<KeyValuePair<string, double>> SingleSampleLatency(Batch part, TimeProvider clock, CancellationToken cancellation)
    {
        if (_session.FixedBatch > 1) return [];
        long[] dims = [1, .. part.Dims[1..]];
        var one = part.Inputs[..(part.Inputs.Length / part.Count)];
        var outputs = new PassOutputs();
        return Latency.OfSingleSamples(() => _session.Run(one, dims, outputs, cancellation), _audit.Plan.LatencyRuns, clock, cancellation);
    }

    private CellTiming Timing(IReadOnlyList<KeyValuePair<string, double>> single, int batch, double seconds) => new(
    [
        .. single,
        .. Latency.Quantiles("batch", CollectionsMarshal.AsSpan(_passes), batch),
        new("run.seconds", seconds),
        new("run.images_per_second", _suite.Dataset.Count / seconds),
        .. _saliency?.Timing() ?? [],
        .. _facts.HostMetrics,
    ], _audit.Environment.Host);

    private void CheckShape(PassOutputs outputs)
    {
        if (_head is null || (outputs.Classes == _head.ClassCount && outputs.FeatureCount == _head.FeatureCount)) return;
        throw new AuditException(AuditCode.Invalid, $"cell {_cell.Id}, head {_head.Node}", $"{outputs.FeatureCount} features and {outputs.Classes} scores a sample",
            $"{_head.FeatureCount} and {_head.ClassCount}, as its weight says", "The head is applied more than once a sample: leave geometry out with --no-geometry, or name another with --head.");
    }

    private void CheckLabels(ReadOnlySpan<int> labels, int first, int classes)
    {
        var worst = labels.IndexOfAnyExceptInRange(0, classes - 1);
        if (worst >= 0)
            throw new AuditException(AuditCode.Invalid, $"{_suite.Dataset.Spec}, sample {_suite.Dataset.SourceIndices.Span[first + worst]}", $"label {labels[worst]}",
                $"0 to {classes - 1}, the model's classes", "Choose data with the model's classes, in the model's order.");
    }
}
