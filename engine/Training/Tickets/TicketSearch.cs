using System.Globalization;
using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Onnx;

namespace OnnxAudit.Training.Tickets;

/// <summary>Files and choices of a ticket search.</summary>
/// <param name="Training">The training of the scores; it starts from drawn weights, and nothing is held at 0.</param>
/// <param name="Ticket">What is searched for.</param>
public sealed record TicketRequest(TrainingRequest Training, TicketSettings Ticket)
{
    /// <summary>Whether kernels and matrices are written as bits that the graph decodes.</summary>
    public bool Packed { get; init; }

    /// <summary>Where to write |scores|, an .npz with an array per layer; null: nowhere.</summary>
    public string? ScoresPath { get; init; }
}

/// <summary>One layer of a ticket.</summary>
/// <param name="Name">Its initializer.</param>
/// <param name="Count">Its weights.</param>
/// <param name="Kept">Those that stay.</param>
/// <param name="Alpha">Mean |w| over those: the magnitude of all of them by biprop.</param>
public sealed record TicketLayerReport(string Name, long Count, long Kept, float Alpha);

/// <summary>What a search made.</summary>
/// <param name="Path">The model written.</param>
/// <param name="Sha256">Its SHA-256 (hex).</param>
/// <param name="Bytes">Its size, external data included.</param>
/// <param name="Recipe">The lineage in its metadata.</param>
/// <param name="Epochs">Every epoch.</param>
/// <param name="Chosen">The epoch whose scores were taken, from 1.</param>
/// <param name="Layers">The layers, forward order.</param>
/// <param name="Notes">Sentences for people.</param>
public sealed record TicketReport(
    string Path, string Sha256, long Bytes, Recipe Recipe, IReadOnlyList<EpochResult> Epochs, int Chosen, IReadOnlyList<TicketLayerReport> Layers, IReadOnlyList<string> Notes);

/// <summary>
/// The tickets operation: of a model's graph with random weights that never change, the part is searched that classifies, by training a score for every weight;
/// the highest |scores| stay. Source: arXiv:1911.13299 (edge-popup), arXiv:2103.09377 (biprop, multi-prize tickets).
/// </summary>
public static class TicketSearch
{
    /// <summary>
    /// Searches and writes. The output is the input's graph with other weights, plain or packed, and the recipe in its metadata. The same input, settings,
    /// threads and runtime give the same bytes, interrupted or not.
    /// </summary>
    /// <exception cref="AuditException">Usage: settings, or files that are one. Invalid: model or data. Environment: the disk.</exception>
    /// <exception cref="OperationCanceledException">Interrupted; the checkpoint, if asked for, is written.</exception>
    public static TicketReport Run(TicketRequest request, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var (training, ticket) = (request.Training, CheckSettings(request));
        using var setup = TrainingSetup.Open(training, [], request.ScoresPath is { } file ? [("the scores", file)] : []);
        setup.Grow();
        var weights = Drawn(setup.State, training, ticket);
        List<KeyValuePair<string, string>> parameters = [.. ticket.Parameters(), .. setup.Parameters(null)];
        var checkpoints = training.Checkpoint is { } folder ? new CheckpointFolder(folder, [new("operation", "tickets"), .. parameters, new("parent", setup.Base.Sha256)]) : null;
        if (checkpoints is { Exists: true } && !training.Resume) throw checkpoints.AlreadyThere();
        using var session = setup.Session(null, weights);
        var run = new TrainingRun(training.Settings, session, setup.Data.Train, setup.Data.Preprocessing, setup.Evaluation(), setup.Environment, checkpoints);
        run.Run(training.Resume, progress, cancellation);
        if (weights.Guarded.Count > 0) setup.Notes.Add($"The amount would have emptied {string.Join(", ", weights.Guarded)}; one weight was kept in each and as many were removed elsewhere.");
        setup.Store();
        TicketLayerReport[] layers = [.. weights.Layers.Select(l => new TicketLayerReport(l.Name, l.Weights.Length, l.Kept, l.Alpha))];
        if (request.Packed)
        {
            setup.Notes.AddRange(TicketPacking.Pack(setup.Model, layers));
            parameters.Add(new("packed", "true"));
        }

        var recipe = new Recipe("tickets", [.. parameters, new("epoch", FormattableString.Invariant($"{run.Chosen}")), .. layers.Select(Described)], setup.Parents, training.ToolVersion);
        var sha256 = setup.Write(training.OutPath, recipe);
        if (request.ScoresPath is { } scores) NpzWriter.Write(scores, weights.Magnitudes());
        return new TicketReport(training.OutPath, sha256, ModelFiles.BytesOf(OnnxReader.Read(training.OutPath), training.OutPath), recipe, run.Epochs, run.Chosen, layers, setup.Notes);
    }

    /// <summary>What <see cref="Run"/> would refuse, found without training: settings, model, data.</summary>
    /// <exception cref="AuditException">As <see cref="Run"/>.</exception>
    public static void Check(TicketRequest request)
    {
        var (training, ticket) = (request.Training, CheckSettings(request));
        var model = OnnxReader.Read(training.ModelPath);
        using var data = TrainingData.Open(model, training, []);
        OwnTensors.Give(model);
        Drawn(new TrainingState(TrainingGraph.Build(model, SampleShape.Of(data.Train, data.Preprocessing), training.Head, training.Settings.Loss), model), training, ticket);
    }

    /// <summary>The settings checked alone, with the ramp filled in.</summary>
    /// <exception cref="AuditException">Usage: out of range, or settings that contradict each other.</exception>
    public static TicketSettings CheckSettings(TicketRequest request)
    {
        ModelTraining.CheckSettings(request.Training);
        if (request.Training.TeacherPath is not null) throw new ArgumentException("a ticket has no teacher", nameof(request));
        var ticket = request.Ticket.For(request.Training.Settings);
        return request.Packed && ticket is { Method: TicketMethod.EdgePopup, Weights: TicketWeightKind.KaimingNormal }
            ? throw new AuditException(AuditCode.Usage, "packed weights", "edge-popup over normal numbers, a magnitude each", "one magnitude a layer", "Choose biprop or signed-constant weights.")
            : ticket;
    }

    /// <summary>Begins the name of the recipe's parameter on a layer: "layer NAME" is "kept K of N, alpha A".</summary>
    public const string LayerParameter = "layer ";

    private static TicketWeights Drawn(TrainingState state, TrainingRequest training, TicketSettings ticket)
    {
        var weights = new TicketWeights(state, ticket, training.Settings.Seed);
        return !ticket.LearnNorms || weights.LearnsNorms ? weights
            : throw new AuditException(AuditCode.Usage, training.ModelPath, "no normalisation with a scale or shift", "one to learn", "Leave --learn-batchnorm out; an export may have folded it into the convolutions.");
    }

    private static KeyValuePair<string, string> Described(TicketLayerReport layer) =>
        new(LayerParameter + layer.Name, string.Create(CultureInfo.InvariantCulture, $"kept {layer.Kept} of {layer.Count}, alpha {layer.Alpha:R}"));
}
