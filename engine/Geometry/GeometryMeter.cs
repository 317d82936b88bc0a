using OnnxAudit.Kernels;

namespace OnnxAudit.Geometry;

/// <summary>Measures angle, length, margin, probability and loss of batches of features against one model's class directions.</summary>
/// <remarks>Results depend neither on thread count nor on how samples are cut into batches. One meter serves one thread of callers.</remarks>
public sealed class GeometryMeter
{
    // Below this many multiply-adds a second thread costs more than it saves.
    internal const long WorthAThread = 1 << 20;

    private readonly ClassDirections _directions;
    private readonly GeometryOptions _options;
    private readonly GeometryForm _form;
    private readonly int _threads;
    private readonly double[][] _scratch;
    private readonly PairNorms _pairNorms;
    private float[] _sign = [];

    /// <summary>A meter of one model that uses at most <paramref name="threads"/> threads (≥ 1).</summary>
    public GeometryMeter(ClassDirections directions, GeometryOptions options, KernelSet kernels, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        (_directions, _options, _form, _threads) = (directions, options, kernels.Geometry, threads);
        _scratch = new double[threads][];
        _pairNorms = new PairNorms(directions);
    }

    /// <summary>
    /// Measures n samples into <paramref name="rows"/>. features: [n,m]; logits: the model's real logits [n,C]; labels: [n].
    /// NaN or +Inf logits, features that are not finite, labels outside [0,C): <see cref="AuditCode.Invalid"/> naming sample <paramref name="firstRow"/> + row.
    /// </summary>
    public void Measure(ReadOnlySpan<float> features, ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, GeometryRows rows, long firstRow = 0)
    {
        var (n, m, c) = (labels.Length, _directions.Features, _directions.Classes);
        if (features.Length != (long)n * m) throw new ArgumentException($"{features.Length} features for [{n},{m}]", nameof(features));
        rows.Resize(n, c);
        rows.Flags = new GeometryFlags(0, _directions.ZeroDirections, 0, 0);
        Predictions.Of(logits, labels, c, rows.Prediction, rows.Correct, rows.Probability, rows.Confidence, rows.Loss, firstRow);
        if (n == 0) return;
        if (_sign.Length < n) _sign = new float[n];
        for (var row = 0; row < n; row++) _sign[row] = rows.Correct[row] == 1 ? 1 : -1;
        var references = _options.Margin == MarginMode.PredictedRegion ? rows.Prediction : labels;
        rows.Flags += RunKernel(features, references, rows);
        for (var row = 0; row < n; row++)
        {
            if (!float.IsFinite(rows.Length[row]))
                throw new AuditException(AuditCode.Invalid, Predictions.Sample(firstRow + row), "features that are not finite", "numbers", "Check the model's weights and the preprocessing.");
            rows.Angle[row] = rows.Angles[row * c + labels[row]];
        }
    }

    private unsafe GeometryFlags RunKernel(ReadOnlySpan<float> features, ReadOnlySpan<int> references, GeometryRows rows)
    {
        var (n, m, c) = (references.Length, _directions.Features, _directions.Classes);
        var pairRows = _pairNorms.Prepare(references, _threads);
        fixed (float* x = features, w = _directions.Weights.Span, b = _directions.Bias.Span, pairs = _pairNorms.Inverse)
        fixed (double* norms = _directions.InverseNorms)
        fixed (int* reference = references, pairRow = pairRows)
        fixed (float* sign = _sign, angles = rows.Angles, length = rows.Length, margin = rows.Margin)
        {
            var whole = new GeometryArguments
            {
                Rows = n,
                Features = m,
                Classes = c,
                FeatureStride = m,
                WeightStride = m,
                PairRows = _pairNorms.Rows,
                PairStride = c,
                AngleStride = c,
                FeatureRows = x,
                WeightRows = w,
                Bias = _options.BiasAware && _directions.Bias.Length > 0 ? b : null,
                InverseNorms = norms,
                InversePairNorms = pairs,
                Reference = reference,
                PairRow = pairRow,
                Sign = _options.Margin == MarginMode.SignedTrueLabel ? null : sign,
                Angles = angles,
                Length = length,
                Margin = margin,
            };
            var parts = _form.OnDevice ? 1 : (int)Math.Clamp((long)n * c * m / WorthAThread, 1, Math.Min(_threads, (n + GeometryForm.BlockRows - 1) / GeometryForm.BlockRows));
            return parts == 1 ? RunPart(ref whole, 0, n, 0) : RunParts(whole, parts);
        }
    }

    private GeometryFlags RunParts(GeometryArguments whole, int parts)
    {
        var flags = new GeometryFlags[parts];
        var blocks = (whole.Rows + GeometryForm.BlockRows - 1) / GeometryForm.BlockRows;
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, part =>
        {
            var first = blocks * part / parts * GeometryForm.BlockRows;
            var end = Math.Min(whole.Rows, blocks * (part + 1) / parts * GeometryForm.BlockRows);
            var mine = whole;
            flags[part] = RunPart(ref mine, first, end - first, part);
        });
        return flags.Aggregate((a, b) => a + b);
    }

    private unsafe GeometryFlags RunPart(ref GeometryArguments a, long first, long count, int part)
    {
        var scratch = _scratch[part] ??= new double[GeometryForm.BlockRows * (long)_directions.Classes];
        fixed (double* pointer = scratch)
        {
            a.Rows = count;
            a.FeatureRows += first * a.FeatureStride;
            a.Reference += first;
            a.PairRow += first;
            a.Sign = a.Sign == null ? null : a.Sign + first;
            a.Angles += first * a.AngleStride;
            a.Length += first;
            a.Margin += first;
            a.Scratch = pointer;
            a.ScratchLength = scratch.Length;
            _form.Run(ref a);
        }

        if (a.Form != _form.Number) throw new InvalidOperationException($"geometry form {_form.Name} was asked for and form number {a.Form} ran");
        return new GeometryFlags(a.ZeroFeatures, 0, a.SkippedPairs, _options.Margin == MarginMode.PredictedRegion ? a.NegativeDistances : 0);
    }
}
