using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;

namespace OnnxAudit.Training;

/// <summary>Files and means of a training run.</summary>
/// <param name="ModelPath">The model to start from.</param>
/// <param name="OutPath">The model to write; not the input.</param>
/// <param name="Train">DATA SPEC of the training images.</param>
/// <param name="Settings">Every decision.</param>
/// <param name="Runtime">ONNX Runtime.</param>
/// <param name="Clock">For rates on the progress line.</param>
/// <param name="ToolVersion">Version of the program, for the lineage.</param>
public sealed record TrainingRequest(string ModelPath, string OutPath, string Train, TrainingSettings Settings, OrtLibrary Runtime, TimeProvider Clock, string ToolVersion)
{
    /// <summary>DATA SPEC of images to test on after every epoch; null: none.</summary>
    public string? Test { get; init; }

    /// <summary>How pixels become inputs; null: as the model's metadata or the JSON beside it says.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>Name of the classifier-head node, when the search must not choose.</summary>
    public string? Head { get; init; }

    /// <summary>Mask file whose removed weights stay 0.</summary>
    public string? MaskPath { get; init; }

    /// <summary>The model whose scores are learnt; goes with a loss that has a teacher.</summary>
    public string? TeacherPath { get; init; }

    /// <summary>Folder of the checkpoint; null: none is kept.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Whether to go on from the checkpoint there; without one the run starts anew.</summary>
    public bool Resume { get; init; }

    /// <summary>Threads; results depend on them, by rounding.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>What a training run made.</summary>
/// <param name="Path">The model written.</param>
/// <param name="Sha256">Its SHA-256 (hex).</param>
/// <param name="Recipe">The lineage in its metadata.</param>
/// <param name="Epochs">Every epoch.</param>
/// <param name="Chosen">The epoch whose weights were written, from 1.</param>
/// <param name="Trained">Number of weights trained, those held at 0 included.</param>
/// <param name="Held">Number of weights held at 0.</param>
/// <param name="Notes">Sentences for people.</param>
public sealed record TrainingReport(
    string Path, string Sha256, Recipe Recipe, IReadOnlyList<EpochResult> Epochs, int Chosen, long Trained, long Held, IReadOnlyList<string> Notes);

/// <summary>The train operation: a model file in, the same graph with other weights out.</summary>
public static class ModelTraining
{
    /// <summary>
    /// Trains and writes. The output is the input's graph with new weights and running statistics, tensors that an exporter stored once for several layers
    /// made each layer's own, and the recipe in its metadata. The same input, settings, threads and runtime give the same bytes, interrupted or not.
    /// </summary>
    /// <exception cref="AuditException">Usage: settings, or files that are one. Invalid: model or data. Environment: the disk.</exception>
    /// <exception cref="OperationCanceledException">Interrupted; the checkpoint, if asked for, is written.</exception>
    public static TrainingReport Run(TrainingRequest request, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var settings = request.Settings;
        if (settings.Held == HeldWeights.Masked != request.MaskPath is not null) throw new ArgumentException("a mask file goes with weights held by it", nameof(request));
        using var setup = TrainingSetup.Open(request, request.MaskPath is { } file ? [("the masks", file)] : [], []);
        var masks = Masks(setup.Model, request);
        if (masks is not null) MaskApplication.Bake(setup.Model, masks);
        setup.Grow();
        var state = setup.State;
        Initialisation.Apply(state, settings.Start, settings.Seed);
        var held = masks is null ? null : GradientEdit.Holding(state.Weights, setup.Graph.Weights, masks);
        if (held is not null) GradientEdit.Hold(state.Weights.All, held);
        var parameters = setup.Parameters(masks);
        var checkpoints = request.Checkpoint is { } folder ? new CheckpointFolder(folder, [.. parameters, .. setup.Parents.Select(p => KeyValuePair.Create(p.Role == "base" ? "parent" : p.Role, p.Sha256))]) : null;
        if (checkpoints is { Exists: true } && !request.Resume) throw checkpoints.AlreadyThere();
        using var session = setup.Session(held);
        var run = new TrainingRun(settings, session, setup.Data.Train, setup.Data.Preprocessing, setup.Evaluation(), setup.Environment, checkpoints) { Teacher = setup.Teacher };
        run.Run(request.Resume, progress, cancellation);
        setup.Store();
        var recipe = new Recipe("train", [.. parameters, new("epoch", FormattableString.Invariant($"{run.Chosen}"))], setup.Parents, request.ToolVersion);
        var sha256 = setup.Write(request.OutPath, recipe);
        return new TrainingReport(request.OutPath, sha256, recipe, run.Epochs, run.Chosen, setup.Graph.Weights.Sum(w => w.Count), masks?.Sum(m => m.Count - m.Kept) ?? 0, setup.Notes);
    }

    /// <summary>What <see cref="Run"/> would refuse, found without training: the settings, the model, whether it can be trained, the data, the masks and a teacher that is there.</summary>
    /// <param name="request">A run; its model may be another with the same layers.</param>
    /// <exception cref="AuditException">As <see cref="Run"/>.</exception>
    public static void Check(TrainingRequest request)
    {
        using var setup = TrainingSetup.Open(request, [], [], writes: false);
        if (request.Settings.Held == HeldWeights.Masked) MaskApplication.Bake(setup.Model, MaskSet.Load(request.MaskPath!));
        setup.Grow();
    }

    /// <summary>What <see cref="Check"/> finds without the model.</summary>
    internal static void CheckSettings(TrainingRequest request)
    {
        request.Settings.Validated();
        if (request.Settings.Patience is not null && request.Test is null)
            throw new AuditException(AuditCode.Usage, "early stop", "no test data", "test data to judge epochs by", "Add --test SPEC.");
        if (request.Settings.Loss.Distillation is not null != request.TeacherPath is not null) throw new ArgumentException("a teacher goes with a loss that has one", nameof(request));
    }

    private static MaskSet? Masks(Model model, TrainingRequest request) => request.Settings.Held switch
    {
        HeldWeights.Masked => MaskSet.Load(request.MaskPath!),
        HeldWeights.Zeros => ZeroMasks.Of(model),
        _ => null,
    };
}
