using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Geometry;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Runs.Sensitivity;

/// <summary>
/// Measures one parsed model under changed weights, as an audit would: every change is a session of its own with the weights as external initializers, so that the
/// runtime fuses and packs them as it will in use, and its figures and latency are the deployed model's.
/// </summary>
internal sealed class SensitivityProbe : IDisposable
{
    private readonly SensitivityRequest _request;
    private readonly ImageInput _input;
    private readonly KernelSet _kernels;
    private readonly bool _geometry;
    private readonly ModelSession _base;

    private SensitivityProbe(SensitivityRequest request, Model model, string sha256, ImageDataset data, Preprocessing? preprocessing)
    {
        (_request, Model, Sha256, Data, Preprocessing) = (request, model, sha256, data, preprocessing);
        _input = ImageInput.Of(model, preprocessing?.Layout == "NHWC");
        _input.Accept(data);
        _kernels = KernelSet.Choose(request.Kernels);
        _geometry = request.Head is null ? HeadFinder.Find(model).Head is not null : HeadFinder.Find(model, request.Head).Require() is not null;
        _base = Open([], Head());
    }

    /// <summary>The model; its weights are always its own outside of a measurement.</summary>
    public Model Model { get; }

    /// <summary>SHA-256 (hex) of its files.</summary>
    public string Sha256 { get; }

    /// <summary>The images.</summary>
    public ImageDataset Data { get; }

    /// <summary>How pixels become inputs.</summary>
    public Preprocessing? Preprocessing { get; }

    /// <summary>Whether margins are measured.</summary>
    public bool HasGeometry => _geometry;

    /// <summary>Reads and opens.</summary>
    /// <exception cref="AuditException">Invalid: model or data. Usage: no preprocessing for pixels, an unknown kernel.</exception>
    public static SensitivityProbe Open(SensitivityRequest request)
    {
        var model = OnnxReader.Read(request.ModelPath);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in model.Metadata) metadata.TryAdd(key, value);
        var preprocessing = request.Preprocessing ?? Preprocessing.Find(null, metadata, request.ModelPath);
        var data = DataSpec.Open(request.Data, new DataOptions { Preprocessing = preprocessing });
        try
        {
            if (data.Encoding == SampleEncoding.Pixels && preprocessing is null) preprocessing = Preprocessing.Resolve(null, metadata, request.ModelPath);
            if (data.Count == 0) throw new AuditException(AuditCode.Usage, data.Spec, "no samples", "labelled images", "Choose a larger range.");
            return new SensitivityProbe(request, model, ModelFiles.DigestOf(model, request.ModelPath), data, preprocessing);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>The figures of the model with <paramref name="overrides"/>, and medians of single-sample passes with and without them where asked for.</summary>
    public (EditFigures Figures, double? Latency, double? Before) Measure(IReadOnlyList<KeyValuePair<string, Tensor>> overrides, bool latency, CancellationToken cancellation)
    {
        using var weights = new WeightScope(Model.Graph, overrides);
        var head = Head();
        var meter = head is null ? null
            : new GeometryMeter(new ClassDirections(head.ClassCount, head.FeatureCount, head.Weights, head.Bias ?? []), new GeometryOptions(), _kernels, _request.Threads);
        using var session = Open(overrides, head);
        var measures = new SampleMeasures(Data.Count);
        var (rows, outputs, scores) = (new GeometryRows(), new PassOutputs(), IncrementalHash.CreateHash(HashAlgorithmName.SHA256));
        double[]? times = null, before = null;
        using (scores)
        using (var stream = BatchStream.Over(Data, Preprocessing, session.FixedBatch ?? _request.Batch, cancel: cancellation))
        {
            foreach (var part in stream)
            {
                if (part.First == 0 && latency && session.FixedBatch is null or 1) (before, times) = Times(session, part, cancellation);
                session.Run(part.Inputs, part.Dims, outputs, cancellation);
                var labels = Data.Labels.Span.Slice(part.First, part.Count);
                if (meter is not null) meter.Measure(outputs.Features, outputs.Logits, labels, rows, part.First);
                else rows.Predict(outputs.Logits, labels, outputs.Classes, part.First);
                measures.Take(part.First, rows, meter is not null);
                scores.AppendData(MemoryMarshal.AsBytes(outputs.Logits));
            }

            var digest = Convert.ToHexStringLower(scores.GetHashAndReset());
            return (Figures(measures, meter is not null, digest), Median(times), Median(before));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _base.Dispose();
        _kernels.Session?.Dispose();
        Data.Dispose();
    }

    private ClassifierHead? Head() => _geometry ? HeadFinder.Find(Model, _request.Head).Require() : null;

    private ModelSession Open(IReadOnlyList<KeyValuePair<string, Tensor>> overrides, ClassifierHead? head) =>
        ModelSession.Open(new ModelVariant("edit", Model, _request.ModelPath, Sha256, overrides), _input, head, _request.Runtime, new SessionSettings { Threads = _request.Threads });

    private EditFigures Figures(SampleMeasures measures, bool geometry, string scores)
    {
        double loss = 0, margin = 0;
        long correct = 0;
        for (var i = 0; i < Data.Count; i++)
        {
            loss += measures.Loss[i];
            correct += measures.Correct[i];
            if (geometry) margin += measures.Margin[i];
        }

        return new EditFigures(Data.Count, correct, loss / Data.Count, geometry ? margin / Data.Count : null, scores);
    }

    private (double[] Before, double[] Edited) Times(ModelSession edited, Batch part, CancellationToken cancellation)
    {
        long[] dims = [1, .. part.Dims[1..]];
        var one = part.Inputs[..(part.Inputs.Length / part.Count)];
        var outputs = new PassOutputs();
        Action Pass(ModelSession session) => () => session.Run(one, dims, outputs, cancellation);
        var times = PassTimes.Of([Pass(_base), Pass(edited)], _request.LatencyRuns, _request.Clock, cancellation);
        return (times[0], times[1]);
    }

    private static double? Median(double[]? times)
    {
        if (times is not { Length: > 0 }) return null;
        var sorted = times.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
