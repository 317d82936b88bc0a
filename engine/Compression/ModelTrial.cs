using OnnxAudit.Data;
using OnnxAudit.Gradients;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression;

/// <summary>A parent and its child on the same labelled images.</summary>
/// <param name="Samples">Images.</param>
/// <param name="Before">Share the parent classifies as labelled, the first of equal scores counting.</param>
/// <param name="After">Share the child does.</param>
/// <param name="Agreement">Share that both put into the same class.</param>
public sealed record TrialResult(int Samples, double Before, double After, double Agreement);

/// <summary>Labelled images opened before an operation begins, to run parent and child on once it is done.</summary>
public sealed class ModelTrial : IDisposable
{
    private readonly string _parent;
    private readonly ImageDataset _data;
    private readonly Preprocessing? _preprocessing;
    private readonly string? _head;

    private ModelTrial(string parent, ImageDataset data, Preprocessing? preprocessing, string? head) => (_parent, _data, _preprocessing, _head) = (parent, data, preprocessing, head);

    /// <summary>Images that run together. Where activations are coded over the whole batch, results depend on it.</summary>
    public int Batch { get; init; } = 100;

    /// <summary>Opens the images for a model, with the settings given or the model's own.</summary>
    /// <exception cref="AuditException">Usage or Invalid: the spec, the data, no labels, or no preprocessing settings for pixels.</exception>
    public static ModelTrial Open(string modelPath, string spec, Preprocessing? given, string? head)
    {
        var model = OnnxReader.Read(modelPath);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in model.Metadata) metadata.TryAdd(key, value);
        var preprocessing = given ?? Preprocessing.Find(null, metadata, modelPath);
        var data = DataSpec.Open(spec, new DataOptions { Preprocessing = preprocessing, ClassCount = HeadFinder.Find(model, head).Head?.ClassCount });
        try
        {
            if (data.Encoding == SampleEncoding.Pixels && preprocessing is null) preprocessing = Preprocessing.Resolve(null, metadata, modelPath);
            if (data.Count == 0) throw new AuditException(AuditCode.Invalid, spec, "no samples", "at least one to test on", "Choose another range.");
            return new ModelTrial(modelPath, data, preprocessing, head);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Runs the parent and a child of it.</summary>
    public TrialResult Run(string childPath, OrtLibrary runtime, int threads, CancellationToken cancellation = default)
    {
        var (before, after) = (Classes(_parent, runtime, threads, cancellation), Classes(childPath, runtime, threads, cancellation));
        var (right, stillRight, same) = (0, 0, 0);
        for (var i = 0; i < before.Length; i++)
        {
            if (before[i] == _data.Labels.Span[i]) right++;
            if (after[i] == _data.Labels.Span[i]) stillRight++;
            if (before[i] == after[i]) same++;
        }

        double count = before.Length;
        return new TrialResult(before.Length, right / count, stillRight / count, same / count);
    }

    /// <inheritdoc/>
    public void Dispose() => _data.Dispose();

    private int[] Classes(string path, OrtLibrary runtime, int threads, CancellationToken cancellation)
    {
        var model = OnnxReader.Read(path);
        var shape = _data.Shape;
        var image = ImageValue.Of(model, _data.Encoding == SampleEncoding.Pixels && _preprocessing?.Layout == "NHWC"
            ? [shape.Height, shape.Width, shape.Channels] : [shape.Channels, shape.Height, shape.Width]);
        var output = HeadFinder.Find(model, _head).Head?.Logits is { } logits && model.Graph.Find(logits) is { IsOutput: true } ? logits : model.Graph.Outputs[0].Name;
        using var session = OrtSession.FromFile(runtime, path, new SessionSettings { Threads = threads });
        var insisted = (int?)image.Type!.Shape![0].Size;
        using var batches = BatchStream.Over(_data, _preprocessing, insisted ?? Batch, cancel: cancellation);
        var classes = new int[_data.Count];
        foreach (var batch in batches)
        {
            var rows = insisted ?? batch.Count;
            using var input = BatchTensor.Of(batch.Inputs, batch.Dims, rows);
            using var result = session.Run([(image.Name, input)], [output], cancellation)[0];
            var scores = result.Values<float>();
            var width = scores.Length / rows;
            for (var i = 0; i < batch.Count; i++)
            {
                var best = 0;
                for (var c = 1; c < width; c++)
                    if (scores[i * width + c] > scores[i * width + best]) best = c;
                classes[batch.First + i] = best;
            }
        }

        return classes;
    }
}
