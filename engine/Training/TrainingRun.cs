using OnnxAudit.Data;
using OnnxAudit.Runtime;

namespace OnnxAudit.Training;

/// <summary>What a run works with beside its settings.</summary>
/// <param name="Runtime">ONNX Runtime.</param>
/// <param name="Session">Threads, provider.</param>
/// <param name="Clock">For rates and for deciding whether batches are made ahead; no result depends on it.</param>
internal sealed record TrainingEnvironment(OrtLibrary Runtime, SessionSettings Session, TimeProvider Clock);

/// <summary>The loop: epochs of steps, an evaluation after each, a checkpoint after each and where it is interrupted.</summary>
internal sealed class TrainingRun(
    TrainingSettings settings, TrainingSession session, ImageDataset data, Preprocessing? preprocessing, Evaluation? evaluation, TrainingEnvironment environment, CheckpointFolder? checkpoints)
{
    private readonly int _batch = session.State.Graph.FixedBatch ?? settings.Batch;
    private TrainingMark _mark = new();

    /// <summary>Whose scores are learnt; null: nobody's.</summary>
    public Teacher? Teacher { get; init; }

    /// <summary>Epochs that other runs of one seed had before: order and changes of images go on from there.</summary>
    public int EpochsBefore { get; init; }

    /// <summary>Epochs that are done.</summary>
    public IReadOnlyList<EpochResult> Epochs => _mark.Epochs;

    /// <summary>Samples of an epoch: a fixed batch leaves out what does not fill one, a free one leaves out a last sample alone.</summary>
    private int Samples => session.State.Graph.FixedBatch is not null ? data.Count / _batch * _batch : data.Count % _batch == 1 && _batch > 1 ? data.Count - 1 : data.Count;

    private int Steps => (Samples + _batch - 1) / _batch;

    /// <summary>Runs to the end, from the checkpoint when there is one to go on from.</summary>
    /// <exception cref="AuditException">Usage: too little data, or the loss is not finite any more. Others: as reading, running and writing have them.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted; a checkpoint was written where there is a folder for it.</exception>
    public void Run(bool resume, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        if (Steps == 0) throw new AuditException(AuditCode.Usage, data.Spec, FormattableString.Invariant($"{data.Count} samples"), FormattableString.Invariant($"at least the {_batch} of one batch"), "Give more data.");
        if (resume && checkpoints?.Read(session) is { } mark) _mark = mark;
        session.Begin(Math.Min(_mark.Epochs.Count, settings.Epochs - 1));
        var pace = new Pace(environment.Clock);
        try
        {
            while (_mark.Epochs.Count < settings.Epochs && !IsOver())
            {
                Epoch(pace, progress, cancellation);
                var test = evaluation?.Run(session.State, environment.Runtime, environment.Session, environment.Clock, cancellation);
                var finished = Finish(test, pace);
                progress?.Report(finished);
                checkpoints?.Write(session, _mark);
            }
        }
        catch (OperationCanceledException)
        {
            checkpoints?.Write(session, _mark);
            throw;
        }

        if (settings.Patience is not null) _mark.Best?.Restore(session);
    }

    /// <summary>Number of the epoch whose weights the state holds now, from 1.</summary>
    public int Chosen => settings.Patience is not null && _mark.Best is { } best ? best.Epoch : _mark.Epochs.Count;

    private bool IsOver() => settings.Patience is { } patience && _mark.Best is { } best && _mark.Epochs.Count - best.Epoch >= patience;

    private void Epoch(Pace pace, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var epoch = _mark.Epochs.Count;
        var from = _mark.Step * _batch;
        session.Begin(epoch);
        if (from >= Samples) return; // interrupted while it was evaluated
        var order = EpochOrder.Of(data, settings.Seed, EpochsBefore + epoch, from, Samples);
        var transform = settings.Augmentation?.Transform(data.Shape, settings.Seed, EpochsBefore + epoch);
        using var batches = BatchStream.Over(order, preprocessing, _batch, cancel: cancellation, transform: transform, clock: environment.Clock);
        pace.Begin();
        foreach (var batch in batches)
        {
            var labels = new long[batch.Count];
            for (var i = 0; i < labels.Length; i++) labels[i] = order.Labels.Span[batch.First + i];
            var rate = settings.Rate.At((long)epoch * Steps + _mark.Step, Steps, settings.Epochs);
            var result = session.Step(batch.Inputs, batch.Dims, labels, Teacher?.Scores(batch.Inputs, batch.Dims, cancellation) ?? [], rate, cancellation);
            if (!double.IsFinite(result.Loss)) throw Diverged(epoch, rate);
            _mark.Add(result, labels.Length, rate);
            pace.Add(labels.Length);
            progress?.Report(At(epoch, pace));
        }
    }

    private TrainingProgress At(int epoch, Pace pace, EpochResult? finished = null) => new(
        epoch + 1, settings.Epochs, _mark.Step, Steps, _mark.MeanLoss, _mark.Accuracy, pace.PerSecond, pace.Left((long)(settings.Epochs - epoch) * Samples - Math.Min((long)_mark.Step * _batch, Samples)), finished);

    private TrainingProgress Finish(EvaluationResult? test, Pace pace)
    {
        var epoch = _mark.Epochs.Count;
        var result = new EpochResult(epoch + 1, _mark.Rate, _mark.MeanLoss, _mark.Accuracy, test);
        var report = At(epoch, pace, result);
        _mark.Finish(result);
        if (settings.Patience is not null && test is { } found && !(found.Accuracy <= _mark.Best?.Accuracy)) _mark.Best = BestWeights.Of(session, result.Epoch, found.Accuracy);
        return report;
    }

    private static AuditException Diverged(int epoch, double rate) => new(AuditCode.Usage, FormattableString.Invariant($"epoch {epoch + 1}, learning rate {rate:g3}"),
        "a loss that is not finite", "a finite loss", "Lower the learning rate, or limit gradients with --clip.");

    /// <summary>Images a second of the steps since the start. The first step warms up, and what lies between epochs is no step: neither counts.</summary>
    private sealed class Pace(TimeProvider clock)
    {
        private long _last;
        private TimeSpan _time;
        private long _images;
        private bool _warm;

        public double PerSecond => _time > TimeSpan.Zero ? _images / _time.TotalSeconds : 0;

        public void Begin() => _last = clock.GetTimestamp();

        public void Add(int images)
        {
            if (_warm) (_time, _images) = (_time + clock.GetElapsedTime(_last), _images + images);
            (_last, _warm) = (clock.GetTimestamp(), true);
        }

        public TimeSpan Left(long images) => PerSecond > 0 ? TimeSpan.FromSeconds(images / PerSecond) : TimeSpan.Zero;
    }
}
