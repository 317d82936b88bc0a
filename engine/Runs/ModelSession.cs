using OnnxAudit.Compression;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Runs;

/// <summary>
/// A variant ready to run: its session, its one image input, and the values an audit reads, logits and (with geometry) features.
/// Both come out of the same forward pass, because the penultimate value is an output of the graph.
/// </summary>
public sealed class ModelSession : IDisposable
{
    private readonly OrtSession _session;
    private readonly ImageInput _input;
    private readonly string[] _outputs;

    private ModelSession(OrtSession session, ImageInput input, string[] outputs) => (_session, _input, _outputs) = (session, input, outputs);

    /// <summary>The batch the model insists on; null when its first dimension is free.</summary>
    public int? FixedBatch => _input.FixedBatch;

    /// <summary>Builds the session of a variant; the source graph is shared and only gains outputs.</summary>
    /// <param name="variant">The variant; its overrides are given to the session as external initializers.</param>
    /// <param name="input">The model's image input.</param>
    /// <param name="head">The classifier head, or null when the audit goes without geometry.</param>
    /// <param name="library">The loaded runtime.</param>
    /// <param name="settings">Threads, provider, optimisation.</param>
    public static ModelSession Open(ModelVariant variant, ImageInput input, ClassifierHead? head, OrtLibrary library, SessionSettings settings)
    {
        var model = variant.Model;
        string[] outputs = head?.Expose(model) is { } exposed ? [exposed.Logits, exposed.Features] : [ScoreTail.Expose(model)];
        var external = External(variant);
        var bytes = OnnxWriter.ToBytes(model, new OnnxWriteOptions { Externalised = external.Select(o => o.Key).ToHashSet(StringComparer.Ordinal) });
        return new ModelSession(OrtSession.FromMemory(library, bytes, variant.ModelPath, settings, external), input, outputs);
    }

    /// <summary>
    /// Runs one batch. inputs: [n,C,H,W] (or [n,H,W,C]) in pinned memory; logits: [n,C] and features: [n,m] are overwritten;
    /// features stay untouched without geometry. A fixed batch is filled up with the first sample.
    /// </summary>
    public void Run(Memory<float> inputs, ReadOnlySpan<long> dims, PassOutputs into, CancellationToken cancellation)
    {
        using var input = BatchTensor.Of(inputs, dims, FixedBatch ?? (int)dims[0], _input.Type);
        var results = _session.Run([(_input.Name, input)], _outputs, cancellation);
        try
        {
            into.Take(results, (int)dims[0], FixedBatch ?? (int)dims[0], _input.Source);
        }
        finally
        {
            foreach (var result in results) result.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>
    /// The weights given to the session from memory: the overrides, and what the file keeps outside itself, so that a model of any size runs
    /// without a second copy. Small ones stay inside, where shape inference sees them.
    /// </summary>
    private static List<KeyValuePair<string, Tensor>> External(ModelVariant variant)
    {
        var given = variant.Overrides.ToList();
        var names = given.Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var value in variant.Model.Graph.Initializers)
            if (value.Initializer is { Storage: TensorStorage { Form: TensorForm.External, StoredBytes: >= 1024 } } tensor && names.Add(value.Name)) given.Add(new(value.Name, tensor));
        return given;
    }
}
