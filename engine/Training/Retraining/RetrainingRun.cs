using System.Globalization;
using OnnxAudit.Compression;
using OnnxAudit.Files;

namespace OnnxAudit.Training.Retraining;

/// <summary>
/// The rounds, one after the other, over one state. A round's checkpoint stands in a folder of its own, beside the masks it trains under; a round that is done keeps
/// its own, and going on puts each back in turn.
/// </summary>
internal sealed class RetrainingRun
{
    private readonly RetrainingRequest _request;
    private readonly TrainingSetup _setup;
    private readonly Rewind? _rewind;
    private readonly GradientSource? _gradients;
    private readonly MaskRecipe _masks;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _parameters;
    private readonly List<RoundResult> _rounds = [];

    /// <summary>Checks what can be checked before the first step.</summary>
    /// <param name="request">The request, checked by itself.</param>
    /// <param name="setup">What it names, opened and grown.</param>
    /// <param name="rewind">What weights are set back to.</param>
    /// <exception cref="AuditException">Usage: an amount that would empty a tensor, or a checkpoint that is there already. Invalid: nothing prunable, or something that is not trained.</exception>
    public RetrainingRun(RetrainingRequest request, TrainingSetup setup, Rewind? rewind)
    {
        (_request, _setup, _rewind) = (request, setup, rewind);
        var needsData = MaskMethods.NeedsData(request.Masks.Method);
        if (needsData)
            _gradients = new GradientSource(Training.Runtime, setup.Data.Train, setup.Data.Preprocessing) { Head = Training.Head, Settings = setup.Environment.Session };
        _masks = _gradients is null ? request.Masks : request.Masks.Over(_gradients);
        CheckTrained();
        // How many weights of a pool may go does not depend on what scores them.
        Masks.Create(setup.Model, needsData ? request.Masks with { Method = "magnitude", Samples = null, Probes = null } : request.Masks, Training.Threads);
        _parameters = Parameters();
        if (Training is { Checkpoint: not null, Resume: false } && Checkpoint(1, []) is { Exists: true } kept) throw kept.AlreadyThere();
    }

    private TrainingRequest Training => _request.Training;

    private IReadOnlyList<RecipeParent> Others => [.. _setup.Parents.Skip(1), .. _rewind?.Parent is { } parent ? [parent] : Array.Empty<RecipeParent>()];

    /// <summary>Runs and writes.</summary>
    public RetrainingReport Run(IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        MaskSet? removed = null;
        var before = _setup.Base;
        for (var round = 1; round <= _request.Rounds.Rounds; round++)
        {
            removed = Round(round, removed, progress, cancellation);
            if (_request.KeepRounds is null) continue;
            var path = _request.RoundPath(round);
            before = before with { Sha256 = _setup.Write(path, Lineage([_rounds[^1]], before)), File = Path.GetFileName(path) };
        }

        var recipe = Lineage(_rounds, _setup.Base);
        return new RetrainingReport(Training.OutPath, _setup.Write(Training.OutPath, recipe), recipe, _rounds, _setup.Graph.Weights.Sum(w => w.Count), _setup.Notes);
    }

    private MaskSet Round(int round, MaskSet? removed, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var rounds = _request.Rounds;
        var amount = rounds.Ramp.At(rounds.StartAmount, _masks.Amount, round, rounds.Rounds);
        var masks = MasksOf(round, amount, removed, cancellation);
        var (state, graph) = (_setup.State, _setup.Graph);
        _rewind?.Apply(state);
        var held = GradientEdit.Holding(state.Weights, graph.Weights, masks);
        GradientEdit.Hold(state.Weights.All, held);
        using var session = _setup.Session(held);
        var checkpoint = Training.Checkpoint is null ? null : Checkpoint(round, [new("round", Text(round)), new("masks", $"sha256:{masks.Digest}")]);
        var settings = round == rounds.Rounds ? Training.Settings with { Epochs = rounds.FinalEpochs ?? Training.Settings.Epochs } : Training.Settings;
        var run = new TrainingRun(settings, session, _setup.Data.Train, _setup.Data.Preprocessing, _setup.Evaluation(), _setup.Environment, checkpoint)
        {
            Teacher = _setup.Teacher,
            EpochsBefore = (round - 1) * Training.Settings.Epochs,
        };
        run.Run(Training.Resume, progress is null ? null : new PlacedProgress(progress, new RoundPlace(round, rounds.Rounds)), cancellation);
        _setup.Store();
        _rounds.Add(new RoundResult(round, amount, masks.Weights - masks.Kept, masks.Weights, run.Epochs, run.Chosen, _request.KeepRounds is null ? null : _request.RoundPath(round)) { Masks = masks.Digest });
        return masks;
    }

    // The masks of a round that was begun are those it was begun with; others follow from the weights as they are now.
    private MaskSet MasksOf(int round, double amount, MaskSet? removed, CancellationToken cancellation)
    {
        var path = Training.Checkpoint is null ? null : Path.Combine(Folder(round), "masks");
        if (path is not null && Checkpoint(round, []).Exists) return MaskSet.Load(path);
        var (masks, notes) = Masks.Create(_setup.Model, _masks with { Amount = amount }, Training.Threads, _gradients is null ? null : _gradients with { Cancellation = cancellation }, removed);
        _setup.Notes.AddRange(notes.Select(n => FormattableString.Invariant($"Round {round}: {n}")));
        if (path is not null) masks.Save(path);
        return masks;
    }

    private CheckpointFolder Checkpoint(int round, IEnumerable<KeyValuePair<string, string>> own) =>
        new(Folder(round), [.. _parameters, .. own, .. Others.Prepend(_setup.Base).Select(p => KeyValuePair.Create($"parent.{p.Role}", p.Sha256))]);

    private string Folder(int round) => Path.Combine(Training.Checkpoint!, FormattableString.Invariant($"round-{round}"));

    private Recipe Lineage(IReadOnlyList<RoundResult> rounds, RecipeParent from) =>
        new("retrain", [.. _parameters, .. rounds.SelectMany(r => r.Parameters())], [from, .. Others], Training.ToolVersion);

    private List<KeyValuePair<string, string>> Parameters()
    {
        List<KeyValuePair<string, string>> all = [.. _masks.Parameters()];
        if (_masks.ScoresPath is { } scores) all.Add(new("scores", $"{Path.GetFileName(scores)} sha256:{Digest.OfFile(scores)}"));
        all.AddRange(_request.Rounds.Parameters());
        if (_rewind is not null) all.Add(new("rewind", _rewind.Text));
        all.AddRange(_setup.Parameters(null));
        return [.. all.DistinctBy(p => p.Key)]; // seed and data of masks and training are the same ones
    }

    private void CheckTrained()
    {
        var trained = _setup.Graph.Weights.Select(w => w.Name).ToHashSet();
        foreach (var weight in Prunable.Find(_setup.Model, _masks.Include, _masks.Exclude))
            if (!trained.Contains(weight.Name))
                throw new AuditException(AuditCode.Invalid, $"{_setup.Model.Source}, initializer '{weight.Name}'", $"a prunable weight of {weight.Tensor.Type} that is not trained", "float32 weights that the loss depends on",
                    $"Leave it out with --exclude {weight.Name}.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class PlacedProgress(IProgress<TrainingProgress> to, RoundPlace place) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => to.Report(value with { Round = place });
    }
}
