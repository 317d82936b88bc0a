using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Comparison.Layers;

/// <summary>Takes the values of one output out of a pass. values: [samples, …] as floats.</summary>
internal delegate void OutputTaker(int output, ReadOnlySpan<float> values);

/// <summary>A model whose inner values can be read: they are outputs of the session's graph.</summary>
internal sealed class LayerTap : IDisposable
{
    private const int SmallBytes = 1024;

    private readonly OrtSession _session;
    private readonly Value _input;
    private readonly string[] _outputs;

    private LayerTap(OrtSession session, Value input, string[] outputs) => (_session, _input, _outputs) = (session, input, outputs);

    /// <summary>The batch the model insists on; null when its first dimension is free.</summary>
    public int? FixedBatch => _input.Type?.Shape is [{ Size: { } size }, ..] ? (int)size : null;

    /// <summary>A session with these outputs only; the graph is as before afterwards. Weights go in from their own memory.</summary>
    public static LayerTap Open(Model model, IReadOnlyList<Value> values, ActivationSource source)
    {
        var (graph, given) = (model.Graph, model.Graph.Outputs.ToArray());
        try
        {
            foreach (var output in given) graph.RemoveOutput(output);
            foreach (var value in values) graph.AddOutput(value);
            var outside = graph.Initializers.Where(v => v.Initializer is { Type: not ElementType.String, Data.Length: >= SmallBytes }).ToDictionary(v => v.Name, v => v.Initializer!, StringComparer.Ordinal);
            var bytes = OnnxWriter.ToBytes(model, new OnnxWriteOptions { Externalised = outside.Keys.ToHashSet(StringComparer.Ordinal) });
            return new LayerTap(OrtSession.FromMemory(source.Library, bytes, model.Source, source.Session, [.. outside]), InputOf(model), [.. values.Select(v => v.Name)]);
        }
        finally
        {
            foreach (var value in values) graph.RemoveOutput(value);
            foreach (var output in given) graph.AddOutput(output);
        }
    }

    /// <summary>The one image input.</summary>
    /// <exception cref="AuditException">Invalid: none or several, or no floats of rank 4.</exception>
    public static Value InputOf(Model model)
    {
        var inputs = model.Graph.Inputs.Where(i => i.Initializer is null).ToArray();
        return inputs is [{ Type: { Element: ElementType.Float or ElementType.Float16, Shape.Count: 4 } } input] ? input
            : throw new AuditException(AuditCode.Invalid, model.Source, $"inputs {string.Join(", ", inputs.Select(i => $"{i.Name} {i.Type}"))}", "one image input, float32 or float16 of rank 4",
                "Compare weights alone, without data.");
    }

    /// <summary>Runs a batch and hands every output's values of its samples over.</summary>
    public void Run(Batch batch, CancellationToken cancellation, OutputTaker take)
    {
        var rows = FixedBatch ?? batch.Count;
        using var input = BatchTensor.Of(batch.Inputs, batch.Dims, rows, _input.Type!.Element);
        var results = _session.Run([(_input.Name, input)], _outputs, cancellation);
        try
        {
            for (var i = 0; i < results.Length; i++)
            {
                var count = (int)(results[i].Count / rows * batch.Count);
                take(i, results[i].Type == ElementType.Float ? results[i].Values<float>()[..count] : results[i].ToTensor().ToFloats().AsSpan(0, count));
                results[i].Dispose();
            }
        }
        finally
        {
            foreach (var result in results) result.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
