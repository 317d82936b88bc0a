using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression;

/// <summary>Takes the gradient of one tensor out of a pass.</summary>
internal delegate void GradientTaker(int tensor, ReadOnlySpan<float> gradient);

/// <summary>Takes a probe z and H·z of one tensor out of a pass.</summary>
internal delegate void ProductTaker(int tensor, ReadOnlySpan<float> z, ReadOnlySpan<float> product);

/// <summary>Runs a gradient graph over samples, batch after batch.</summary>
internal sealed class GradientPass : IDisposable
{
    private readonly WeightGradients _graph;
    private readonly GradientSource _source;
    private readonly ImageDataset _samples;
    private readonly OrtSession _session;

    private GradientPass(WeightGradients graph, GradientSource source, ImageDataset samples, OrtSession session) =>
        (_graph, _source, _samples, _session) = (graph, source, samples, session);

    /// <summary>Opens a session on a grown copy of the model.</summary>
    public static GradientPass Open(Model model, IReadOnlyList<PrunableTensor> tensors, GradientSource source, ImageDataset samples, bool products)
    {
        var copy = OnnxReader.Read(OnnxWriter.ToBytes(model), model.Source);
        var shape = samples.Shape;
        long[] sample = source.Preprocessing?.Layout == "NHWC" ? [shape.Height, shape.Width, shape.Channels] : [shape.Channels, shape.Height, shape.Width];
        var graph = WeightGradients.Build(copy, [.. tensors.Select(t => t.Name)], sample, source.Head, products, source.Runtime);
        return new GradientPass(graph, source, samples, OrtSession.FromMemory(source.Runtime, OnnxWriter.ToBytes(copy), model.Source, source.Settings));
    }

    /// <summary>Gives <paramref name="take"/> the gradients of the summed loss of every batch, tensor by tensor; none of a tensor that the loss does not reach.</summary>
    public void OverBatches(GradientTaker take) => Each(_source.Batch, (batch, rows) => Run(batch, rows, Ones(batch.Count, rows), null, _graph.Gradients, take));

    /// <summary>The same for every sample by itself.</summary>
    public void OverSamples(GradientTaker take) => Each(1, (batch, rows) =>
    {
        for (var n = 0; n < batch.Count; n++)
        {
            var shares = new float[rows];
            shares[n] = 1;
            Run(batch, rows, shares, null, _graph.Gradients, take);
        }
    });

    /// <summary>Gives H·z of the summed loss of every batch, for every probe z, and its gradients once. probes: fills the probe of a number, one array per tensor.</summary>
    public void OverProbes(int count, Action<int, float[][]> probes, GradientTaker gradients, ProductTaker products)
    {
        var z = _graph.Probes.Select(name => new float[_graph.Model.Graph.Find(name)!.Type!.Shape!.Aggregate(1L, (n, d) => n * d.Size!.Value)]).ToArray();
        Each(_source.Batch, (batch, rows) =>
        {
            for (var probe = 0; probe < count; probe++)
            {
                probes(probe, z);
                if (probe == 0) Run(batch, rows, Ones(batch.Count, rows), z, [.. _graph.Products, .. _graph.Gradients], Take);
                else Run(batch, rows, Ones(batch.Count, rows), z, _graph.Products, Take);
            }
        });

        void Take(int output, ReadOnlySpan<float> values)
        {
            if (output < z.Length) products(output, z[output], values);
            else gradients(output - z.Length, values);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static float[] Ones(int count, int rows)
    {
        var shares = new float[rows];
        Array.Fill(shares, 1, 0, count);
        return shares;
    }

    private void Each(int size, Action<Batch, int> run)
    {
        using var batches = BatchStream.Over(_samples, _source.Preprocessing, _graph.FixedBatch ?? size, cancel: _source.Cancellation);
        foreach (var batch in batches)
        {
            _source.Cancellation.ThrowIfCancellationRequested();
            run(batch, _graph.FixedBatch ?? batch.Count);
        }
    }

    private void Run(Batch batch, int rows, float[] shares, float[][]? probes, IReadOnlyList<string?> outputs, GradientTaker take)
    {
        var fed = new List<(string, OrtTensor)>();
        OrtTensor[] results = [];
        try
        {
            fed.Add((_graph.Image.Name, BatchTensor.Of(batch.Inputs, batch.Dims, rows)));
            fed.Add((_graph.Labels, OrtTensor.Over(Labels(batch, rows).AsMemory(), [rows])));
            fed.Add((_graph.Shares, OrtTensor.Over(shares.AsMemory(), [rows])));
            for (var i = 0; i < probes?.Length; i++)
                fed.Add((_graph.Probes[i], OrtTensor.Over(probes[i].AsMemory(), [.. _graph.Model.Graph.Find(_graph.Probes[i])!.Type!.Shape!.Select(d => d.Size!.Value)])));
            results = _session.Run([.. fed], [.. outputs.OfType<string>()], _source.Cancellation);
            for (int i = 0, at = 0; i < outputs.Count; i++)
                if (outputs[i] is not null) take(i, results[at++].Values<float>());
        }
        finally
        {
            foreach (var (_, tensor) in fed) tensor.Dispose();
            foreach (var tensor in results) tensor.Dispose();
        }
    }

    private long[] Labels(Batch batch, int rows)
    {
        var labels = new long[rows];
        for (var r = 0; r < rows; r++) labels[r] = _samples.Labels.Span[batch.First + (r < batch.Count ? r : 0)];
        return labels;
    }
}
