using OnnxAudit.Data;
using OnnxAudit.Gradients;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>Ranges of activations over samples: one pass for the extremes and, for methods that clip, one for histograms. Memory does not grow with the samples.</summary>
internal sealed class Calibration
{
    private readonly OrtSession _session;
    private readonly QuantisationRequest _request;
    private readonly ImageDataset _samples;
    private readonly Preprocessing? _preprocessing;
    private readonly Value _image;
    private readonly string[] _names;
    private readonly CancellationToken _cancellation;

    private Calibration(OrtSession session, QuantisationRequest request, ImageDataset samples, Preprocessing? preprocessing, Value image, string[] names, CancellationToken cancellation) =>
        (_session, _request, _samples, _preprocessing, _image, _names, _cancellation) = (session, request, samples, preprocessing, image, names, cancellation);

    /// <summary>Runs the model over the samples and gives each named value its range, which may not hold 0.</summary>
    /// <exception cref="AuditException">Invalid: another input than one float32 image, or values that are not finite.</exception>
    public static (double Low, double High)[] Run(
        Model model, string[] names, QuantisationRequest request, ImageDataset samples, Preprocessing? preprocessing, CancellationToken cancellation)
    {
        var copy = OnnxReader.Read(OnnxWriter.ToBytes(model), model.Source);
        var shape = samples.Shape;
        var image = ImageValue.Of(copy, samples.Encoding == SampleEncoding.Pixels && preprocessing?.Layout == "NHWC"
            ? [shape.Height, shape.Width, shape.Channels] : [shape.Channels, shape.Height, shape.Width]);
        foreach (var output in copy.Graph.Outputs.ToArray()) copy.Graph.RemoveOutput(output);
        foreach (var name in names.Where(n => n != image.Name))
        {
            var value = copy.Graph.Find(name)!;
            value.Type ??= new TensorType(ElementType.Float, null);
            copy.Graph.AddOutput(value);
        }

        if (copy.Graph.Outputs.Count == 0) return Of(null);
        GraphTrim.Trim(copy.Graph);
        using var session = OrtSession.FromMemory(request.Runtime, OnnxWriter.ToBytes(copy), model.Source, new SessionSettings { Threads = request.Threads });
        return Of(session);

        (double, double)[] Of(OrtSession? s) => new Calibration(s!, request, samples, preprocessing, image, names, cancellation).Ranges();
    }

    private (double Low, double High)[] Ranges()
    {
        var ranges = new (double Low, double High)[_names.Length];
        Array.Fill(ranges, (double.PositiveInfinity, double.NegativeInfinity));
        Pass((i, values) =>
        {
            foreach (var value in values)
            {
                if (!float.IsFinite(value))
                    throw new AuditException(AuditCode.Invalid, $"{_request.ModelPath}, value '{_names[i]}'", "a number that is not finite", "finite activations", "Check the model and the preprocessing.");
                ranges[i] = (Math.Min(ranges[i].Low, value), Math.Max(ranges[i].High, value));
            }
        });
        if (_request.Method == CalibrationMethod.MinMax) return ranges;
        var histograms = ranges.Select(r => _request.Method == CalibrationMethod.Entropy
            ? new Histogram(0, Math.Max(Math.Abs(r.Low), Math.Abs(r.High)), magnitudes: true) : new Histogram(r.Low, r.High)).ToArray();
        Pass((i, values) => histograms[i].Add(values));
        return [.. histograms.Select((h, i) => Clipped(h, ranges[i]))];
    }

    private (double Low, double High) Clipped(Histogram histogram, (double Low, double High) range)
    {
        if (range.Low == range.High) return range;
        if (_request.Method == CalibrationMethod.Percentile) return ClippedRange.Percentile(histogram, _request.Percentile);
        if (_request.Method == CalibrationMethod.Mse)
            return ClippedRange.Mse(histogram, _request.SymmetricActivations ? (low, high) => AffineCode.Symmetric(low, high) : (low, high) => AffineCode.Asymmetric(low, high));
        var threshold = ClippedRange.Entropy(histogram);
        return (Math.Max(range.Low, -threshold), Math.Min(range.High, threshold));
    }

    private delegate void ValueTaker(int index, ReadOnlySpan<float> values);

    private void Pass(ValueTaker take)
    {
        var insisted = (int?)_image.Type!.Shape![0].Size;
        using var batches = BatchStream.Over(_samples, _preprocessing, insisted ?? _request.Batch, cancel: _cancellation);
        string[] outputs = [.. _names.Where(n => n != _image.Name)];
        var own = Array.IndexOf(_names, _image.Name);
        foreach (var batch in batches)
        {
            if (own >= 0) take(own, batch.Inputs.Span);
            if (outputs.Length == 0) continue;
            var rows = insisted ?? batch.Count;
            using var input = BatchTensor.Of(batch.Inputs, batch.Dims, rows);
            var results = _session.Run([(_image.Name, input)], outputs, _cancellation);
            try
            {
                for (var i = 0; i < outputs.Length; i++)
                {
                    var values = results[i].Values<float>();
                    // Rows that fill a fixed batch up are nobody's.
                    if (rows > batch.Count && results[i].Dims is [var first, ..] && first == rows) values = values[..(values.Length / rows * batch.Count)];
                    take(own >= 0 && i >= own ? i + 1 : i, values);
                }
            }
            finally
            {
                foreach (var result in results) result.Dispose();
            }
        }
    }
}
