using OnnxAudit.Data;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Training;

/// <summary>What one step saw.</summary>
/// <param name="Loss">Mean loss of the batch before the step.</param>
/// <param name="Correct">Samples of it that were classified right.</param>
public readonly record struct StepResult(double Loss, int Correct);

/// <summary>
/// Steps through batches: ONNX Runtime computes loss, gradients and batch statistics straight into this side's memory, then the optimiser changes the weights
/// where the next run reads them.
/// </summary>
public sealed class TrainingSession : IDisposable
{
    private readonly OrtSession _session;
    private readonly TensorBlock _gradients;
    private readonly TensorBlock _batchStatistics;
    private readonly TensorBlock _scalars = new([[], []]);
    private readonly List<(string Name, OrtTensor Tensor)> _inputs = [];
    private readonly List<(string Name, OrtTensor Tensor)> _outputs = [];
    private int _epoch;

    private TrainingSession(TrainingState state, Optimiser optimiser, OrtSession session)
    {
        (State, Optimiser, _session) = (state, optimiser, session);
        var graph = state.Graph;
        _gradients = new TensorBlock([.. graph.Weights.Select(w => w.Dims)]);
        _batchStatistics = new TensorBlock([.. graph.Norms.SelectMany(n => new long[][] { [n.Channels], [n.Channels] })]);
        foreach (var (i, weight) in graph.Weights.Index()) _inputs.Add((weight.Name, state.Weights.Ort(i)));
        foreach (var (i, name) in graph.Gradients.Index()) _outputs.Add((name, _gradients.Ort(i)));
        foreach (var (i, norm) in graph.Norms.Index())
        {
            _outputs.Add((norm.BatchMean, _batchStatistics.Ort(2 * i)));
            _outputs.Add((norm.BatchVariance, _batchStatistics.Ort(2 * i + 1)));
        }

        _outputs.Add((graph.Loss, _scalars.Ort(0)));
        _outputs.Add((graph.Correct, _scalars.Ort(1)));
    }

    /// <summary>Weights and running statistics.</summary>
    public TrainingState State { get; }

    /// <summary>What changes the weights.</summary>
    public Optimiser Optimiser { get; }

    /// <summary>Bits of weights that are held at 0, as <see cref="GradientEdit.Holding"/> makes them; null: all are trained.</summary>
    public int[]? Held { get; init; }

    /// <summary>What the weights follow from; null: they are trained themselves.</summary>
    public DerivedWeights? Derived { get; init; }

    /// <summary>What the optimiser changes: the weights, or what they follow from.</summary>
    public TensorBlock Trained => Derived?.Trained ?? State.Weights;

    /// <summary>Gradients of the last step, of what the optimiser changes, after holding and clipping.</summary>
    public TensorBlock Gradients => _gradients;

    /// <summary>Opens a session on the state's graph.</summary>
    /// <param name="runtime">ONNX Runtime.</param>
    /// <param name="state">What is trained.</param>
    /// <param name="optimiser">The rule and its constants.</param>
    /// <param name="settings">Threads, provider.</param>
    /// <param name="held">Bits of weights that are held at 0; null for none.</param>
    /// <param name="derived">What the weights follow from; null when they are trained themselves.</param>
    public static TrainingSession Open(
        OrtLibrary runtime, TrainingState state, OptimiserSettings optimiser, SessionSettings settings, int[]? held = null, DerivedWeights? derived = null)
    {
        var graph = state.Graph;
        var session = OrtSession.FromMemory(runtime, OnnxWriter.ToBytes(graph.Model), graph.Model.Source, settings, operators: graph.Operators?.For(graph.Model.Graph, settings.Threads));
        return new TrainingSession(state, Optimiser.Of(optimiser, state.Weights.All.Length), session) { Held = held, Derived = derived };
    }

    /// <summary>Makes the weights those of an epoch, counted from 0, where they follow from other numbers.</summary>
    public void Begin(int epoch)
    {
        _epoch = epoch;
        Derived?.Push(State.Weights, epoch);
    }

    /// <summary>One step on one batch.</summary>
    /// <param name="images">Samples as the model takes them, [N, …].</param>
    /// <param name="dims">Their shape.</param>
    /// <param name="labels">Their true classes, [N].</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="cancellation">Ends the pass before the weights change.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing changed.</exception>
    public StepResult Step(Memory<float> images, ReadOnlySpan<long> dims, Memory<long> labels, double rate, CancellationToken cancellation = default) =>
        Step(images, dims, labels, default, rate, cancellation);

    /// <summary>One step on one batch, with a teacher where the graph has one.</summary>
    /// <param name="images">Samples as the model takes them, [N, …].</param>
    /// <param name="dims">Their shape.</param>
    /// <param name="labels">Their true classes, [N].</param>
    /// <param name="teacher">The teacher's scores, [N,C]; empty without a teacher.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="cancellation">Ends the pass before the weights change.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing changed.</exception>
    public StepResult Step(Memory<float> images, ReadOnlySpan<long> dims, Memory<long> labels, Memory<float> teacher, double rate, CancellationToken cancellation)
    {
        if (State.Graph.Teacher is null != teacher.IsEmpty) throw new ArgumentException("scores of a teacher go with a loss that has one", nameof(teacher));
        using var image = OrtTensor.Over(images, dims);
        using var classes = OrtTensor.Over(labels, [labels.Length]);
        using var scores = State.Graph.Teacher is null ? null : OrtTensor.Over(teacher, [labels.Length, teacher.Length / labels.Length]);
        List<(string, OrtTensor)> inputs = [.. _inputs, (State.Graph.Image.Name, image), (State.Graph.Labels, classes)];
        if (scores is not null) inputs.Add((State.Graph.Teacher!, scores));
        _session.RunInto([.. inputs], [.. _outputs], cancellation);
        Derived?.Pull(_gradients);
        if (Held is not null) GradientEdit.Hold(_gradients.All, Held);
        if (Optimiser.Settings.Clip is { } limit) GradientEdit.Clip(_gradients.All, limit);
        Optimiser.Step(Trained.All, _gradients.All, rate);
        Derived?.Push(State.Weights, _epoch);
        State.Follow(_batchStatistics, labels.Length);
        return new StepResult(_scalars[0][0], (int)_scalars[1][0]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, tensor) in _inputs) tensor.Dispose();
        foreach (var (_, tensor) in _outputs) tensor.Dispose();
        _session.Dispose();
    }
}
