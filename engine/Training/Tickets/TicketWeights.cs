using OnnxAudit.Compression;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;

namespace OnnxAudit.Training.Tickets;

/// <summary>
/// The weights of a ticket: kernels and matrices follow from frozen random weights and trained scores, biases are 0, normalisations have scale 1 and shift 0 or
/// learn them. Slopes, layer scales and embeddings stay as the file has them. Running statistics start at mean 0 and variance 1.
/// </summary>
internal sealed class TicketWeights : DerivedWeights
{
    private readonly TicketSettings _settings;
    private readonly IReadOnlyList<TicketLayer> _layers;
    private readonly Range[] _ranges;
    private readonly int[] _learned;

    /// <summary>Draws weights and scores by a seed, puts them into a state.</summary>
    /// <exception cref="AuditException">Invalid: the model has no kernel and no matrix. Usage: the amount would leave a layer without a weight.</exception>
    public TicketWeights(TrainingState state, TicketSettings settings, ulong seed) : this(state, settings, weight => Drawn(weight, settings, seed))
    {
    }

    /// <summary>The same over given weights and scores.</summary>
    public TicketWeights(TrainingState state, TicketSettings settings, Func<TrainedWeight, (float[] Weights, float[] Scores)> draw)
    {
        _settings = settings;
        var weights = state.Graph.Weights;
        Trained = new TensorBlock([.. weights.Select(w => w.Dims)]);
        var layers = new List<TicketLayer>();
        foreach (var (i, weight) in weights.Index())
        {
            if (weight.Role is WeightRole.Bias or WeightRole.NormShift) state.Weights[i].Clear();
            if (weight.Role is WeightRole.NormScale) state.Weights[i].Fill(1);
            if (weight.Role is not (WeightRole.Kernel or WeightRole.Matrix)) continue;
            var (drawn, scores) = draw(weight);
            scores.CopyTo(Trained[i]);
            layers.Add(new TicketLayer(weight.Name, i, drawn, settings.Method));
        }

        if (layers.Count == 0)
            throw new AuditException(AuditCode.Invalid, state.Graph.Model.Source, "no layer with a float32 kernel or matrix", "weights of Conv, ConvTranspose, Gemm or MatMul", "A ticket is a choice among weights: take another model.");
        _layers = layers;
        _ranges = [.. layers.Select(l => Trained.Range(l.Tensor))];
        _learned = settings.LearnNorms ? [.. weights.Index().Where(w => w.Item.Role is WeightRole.NormScale or WeightRole.NormShift).Select(w => w.Index)] : [];
        foreach (var i in _learned) state.Weights[i].CopyTo(Trained[i]);
        for (var i = 0; i < state.Statistics.Count; i++) state.Statistics[i].Fill(i % 2);
        RequireRoom();
        Push(state.Weights, 0);
    }

    /// <inheritdoc/>
    public override TensorBlock Trained { get; }

    /// <summary>The layers, forward order, as the last push left them.</summary>
    public IReadOnlyList<TicketLayer> Layers => _layers;

    /// <summary>Layers in which only the keep-one guard left a weight at the last push.</summary>
    public IReadOnlyList<string> Guarded { get; private set; } = [];

    /// <summary>Whether scales and shifts are trained, and there are some.</summary>
    public bool LearnsNorms => _learned.Length > 0;

    /// <summary>|scores| of every layer, by initializer name, in its shape.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Magnitudes() =>
        [.. _layers.Select(l => KeyValuePair.Create(l.Name, Tensor.FromFloats(Trained.Dims(l.Tensor), [.. Trained[l.Tensor].ToArray().Select(MathF.Abs)])))];

    /// <inheritdoc/>
    public override void Pull(TensorBlock gradients)
    {
        for (var i = 0; i < gradients.Count; i++)
            if (!_learned.Contains(i) && _layers.All(l => l.Tensor != i)) gradients[i].Clear();
        foreach (var layer in _layers) layer.Pull(Trained[layer.Tensor], gradients[layer.Tensor]);
    }

    /// <inheritdoc/>
    public override void Push(TensorBlock weights, int epoch)
    {
        foreach (var i in _learned) Trained[i].CopyTo(weights[i]);
        var amount = _settings.AmountAt(epoch);
        if (_settings.Scope == MaskScope.Global) PushTogether(weights, Pool.RemovedOf(_layers.Sum(l => (long)l.Weights.Length), amount));
        else
            foreach (var (l, layer) in _layers.Index())
            {
                var cut = TopScores.Cut(Trained.All, [_ranges[l]], Pool.RemovedOf(layer.Weights.Length, amount));
                layer.Write(Trained[layer.Tensor], weights[layer.Tensor], ref cut);
            }
    }

    // No layer is emptied: every layer's largest score is set aside, and as many others go. Setting them aside changes nothing where no layer would be emptied.
    private void PushTogether(TensorBlock weights, long remove)
    {
        var cut = TopScores.Cut(Trained.All, _ranges, remove);
        foreach (var layer in _layers) layer.Write(Trained[layer.Tensor], weights[layer.Tensor], ref cut);
        var emptied = _layers.Where(l => l.Kept == 0).Select(l => l.Name).ToArray();
        Guarded = emptied;
        if (emptied.Length == 0) return;
        int[] largest = [.. _layers.Select(l => TopScores.Largest(Trained[l.Tensor]))];
        cut = TopScores.Cut(Trained.All, _ranges, remove, [.. largest.Select((at, l) => _ranges[l].Start.Value + at)]);
        foreach (var (l, layer) in _layers.Index()) layer.Write(Trained[layer.Tensor], weights[layer.Tensor], ref cut, largest[l]);
    }

    private void RequireRoom()
    {
        var (all, together) = (_layers.Sum(l => (long)l.Weights.Length), _settings.Scope == MaskScope.Global);
        var removed = Pool.RemovedOf(all, _settings.Amount);
        if (together && removed > all - _layers.Count)
            throw TooMuch(FormattableString.Invariant($"{removed} of {all} weights to remove"), FormattableString.Invariant($"at most {all - _layers.Count}, one staying in each layer"));
        if (!together && _layers.FirstOrDefault(l => Pool.RemovedOf(l.Weights.Length, _settings.Amount) == l.Weights.Length) is { } emptied)
            throw TooMuch($"all weights of '{emptied.Name}' to remove", "at least one weight of every layer to stay");
    }

    private static AuditException TooMuch(string found, string expected) => new(AuditCode.Usage, "ticket amount", found, expected, "Lower the amount.");

    private static (float[] Weights, float[] Scores) Drawn(TrainedWeight weight, TicketSettings settings, ulong seed)
    {
        var (weights, scores) = (new float[weight.Count], new float[weight.Count]);
        var (draws, deviation) = (Philox.For(seed, $"tickets.weights {weight.Name}"), settings.Deviation(weight.FanIn));
        if (settings.Weights == TicketWeightKind.KaimingNormal) Initialisation.Normal(weights, draws, deviation);
        else
            for (var i = 0; i < weights.Length; i++) weights[i] = (float)((draws.Words((ulong)i, 0).A & 1) == 0 ? deviation : -deviation);
        Initialisation.Uniform(scores, Philox.For(seed, $"tickets.scores {weight.Name}"), 1 / Math.Sqrt(weight.FanIn));
        return (weights, scores);
    }
}
