using OnnxAudit.Compression;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Training.Retraining;

/// <summary>
/// What weights and running statistics are set back to: those of an earlier model of the same graph, or the starting numbers of a seed (the ones that
/// <c>train --init</c> draws). Source: Frankle and Carbin 2019, arXiv:1803.03635; to an early epoch: Frankle et al. 2020, arXiv:1912.05671.
/// </summary>
internal sealed class Rewind
{
    private readonly StartingWeights _start;
    private readonly ulong _seed;
    private readonly float[] _weights;
    private readonly float[] _statistics;

    private Rewind(StartingWeights start, ulong seed, float[] weights, float[] statistics) => (_start, _seed, _weights, _statistics) = (start, seed, weights, statistics);

    /// <summary>The model in the lineage; null for starting numbers.</summary>
    public RecipeParent? Parent { get; private init; }

    /// <summary>How the lineage says it.</summary>
    public string Text => Parent is null ? ChoiceNames.Of(_start) : $"{Parent.File} sha256:{Parent.Sha256}";

    /// <summary>Reads what to go back to; null when nothing.</summary>
    /// <param name="settings">A model, starting numbers, or neither.</param>
    /// <param name="graph">The graph that is trained.</param>
    /// <param name="model">The model that it was made from: tensors that starting numbers leave alone are its own.</param>
    /// <param name="seed">Seed of starting numbers.</param>
    /// <exception cref="AuditException">Invalid: no model, or one that lacks a weight or has it in another shape.</exception>
    public static Rewind? Open(RetrainingSettings settings, TrainingGraph graph, Model model, ulong seed)
    {
        if (settings.RewindStart is { } start) return Of(new TrainingState(graph, model), start, seed, null);
        if (settings.RewindPath is not { } path) return null;
        var earlier = OnnxReader.Read(path);
        var sha256 = ModelFiles.DigestOf(earlier, path);
        OwnTensors.Give(earlier);
        foreach (var weight in graph.Weights) Check(earlier, path, weight.Name, weight.Dims);
        foreach (var norm in graph.Norms)
        {
            Check(earlier, path, norm.Mean, [norm.Channels]);
            Check(earlier, path, norm.Variance, [norm.Channels]);
        }

        return Of(new TrainingState(graph, earlier), StartingWeights.File, seed, new RecipeParent("rewind", sha256, Path.GetFileName(path)));
    }

    /// <summary>Sets everything back; what is removed is still to be held at 0.</summary>
    public void Apply(TrainingState state)
    {
        _weights.CopyTo(state.Weights.All);
        _statistics.CopyTo(state.Statistics.All);
        Initialisation.Apply(state, _start, _seed);
    }

    private static Rewind Of(TrainingState state, StartingWeights start, ulong seed, RecipeParent? parent) =>
        new(start, seed, state.Weights.All.ToArray(), state.Statistics.All.ToArray()) { Parent = parent };

    private static void Check(Model earlier, string path, string name, long[] dims)
    {
        var found = earlier.Graph.Find(name)?.Initializer;
        if (found is { Type: ElementType.Float } && found.Dims.SequenceEqual(dims)) return;
        throw new AuditException(AuditCode.Invalid, $"rewind to {path}, initializer '{name}'", found is null ? "none of that name" : $"{found.Type} [{string.Join(',', found.Dims.ToArray())}]",
            $"Float [{string.Join(',', dims)}], as the model has it", "Choose an earlier state of the same model.");
    }
}
