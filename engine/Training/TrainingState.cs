using OnnxAudit.Graphs;

namespace OnnxAudit.Training;

/// <summary>The numbers that training changes: weights and running statistics, in memory of their own.</summary>
public sealed class TrainingState
{
    /// <summary>The state of a model, as the model has it.</summary>
    public TrainingState(TrainingGraph graph, Model model)
    {
        Graph = graph;
        Weights = new TensorBlock([.. graph.Weights.Select(w => w.Dims)]);
        Statistics = new TensorBlock([.. graph.Norms.SelectMany(n => new long[][] { [n.Channels], [n.Channels] })]);
        foreach (var (i, weight) in graph.Weights.Index()) Copy(model, weight.Name, Weights[i]);
        foreach (var (i, norm) in graph.Norms.Index())
        {
            Copy(model, norm.Mean, Statistics[2 * i]);
            Copy(model, norm.Variance, Statistics[2 * i + 1]);
        }
    }

    /// <summary>What the numbers belong to.</summary>
    public TrainingGraph Graph { get; }

    /// <summary>The weights, in the graph's order.</summary>
    public TensorBlock Weights { get; }

    /// <summary>Running mean and variance of every batch normalisation, one after the other.</summary>
    public TensorBlock Statistics { get; }

    /// <summary>The numbers as constants by initializer name, copied.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Tensors() =>
    [
        .. Graph.Weights.Select((w, i) => KeyValuePair.Create(w.Name, Weights.ToTensor(i))),
        .. Graph.Norms.SelectMany((n, i) => new[] { KeyValuePair.Create(n.Mean, Statistics.ToTensor(2 * i)), KeyValuePair.Create(n.Variance, Statistics.ToTensor(2 * i + 1)) }),
    ];

    /// <summary>
    /// Moves the running statistics towards the batch's: s ← μ·s + (1 − μ)·s_batch, with the unbiased variance, n/(n − 1) of the population's, as PyTorch keeps
    /// it (one element counts as it is). batch: the statistics of a batch of <paramref name="samples"/>, laid out as <see cref="Statistics"/>.
    /// </summary>
    internal void Follow(TensorBlock batch, int samples)
    {
        for (var t = 0; t < batch.Count; t++)
        {
            var norm = Graph.Norms[t / 2];
            var n = (double)samples * norm.PerSample;
            var rest = 1.0 - norm.Momentum;
            var share = (float)(t % 2 == 1 && n > 1 ? rest * n / (n - 1) : rest);
            Span<float> running = Statistics[t], own = batch[t];
            for (var c = 0; c < running.Length; c++) running[c] = norm.Momentum * running[c] + share * own[c];
        }
    }

    private static void Copy(Model model, string name, Span<float> to) => model.Graph.Find(name)!.Initializer!.Span<float>().CopyTo(to);
}
