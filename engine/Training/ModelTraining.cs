using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
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
        CheckSettings(request);
        var settings = request.Settings;
        if (settings.Held == HeldWeights.Masked != request.MaskPath is not null) throw new ArgumentException("a mask file goes with weights held by it", nameof(request));
        var model = OnnxReader.Read(request.ModelPath);
        var external = model.Graph.Initializers.Any(v => v.Initializer!.Storage is TensorStorage { Form: TensorForm.External });
        var dataPath = external ? request.OutPath + ".data" : null;
        OutputPaths.Check(
            [.. ModelFiles.Of(model, request.ModelPath).Select((file, i) => (i == 0 ? "the input" : "the input's weights", file.Path)), .. request.MaskPath is { } mask ? [("the masks", mask)] : Array.Empty<(string, string)>()],
            [("the output", request.OutPath), ("the output's weights", dataPath)]);
        var parent = new RecipeParent("base", ModelFiles.DigestOf(model, request.ModelPath), Path.GetFileName(request.ModelPath));
        var notes = new List<string>();
        using var data = TrainingData.Open(model, request, notes);
        if (OwnTensors.Give(model) is > 0 and var own) notes.Add(FormattableString.Invariant($"{own} tensors that several layers shared as equal became each layer's own."));
        var masks = Masks(model, request);
        if (masks is not null) MaskApplication.Bake(model, masks);
        var graph = TrainingGraph.Build(model, SampleShape.Of(data.Train, data.Preprocessing), request.Head, settings.Loss);
        var state = new TrainingState(graph, model);
        Initialisation.Apply(state, settings.Start, settings.Seed);
        var held = masks is null ? null : GradientEdit.Holding(state.Weights, graph.Weights, masks);
        if (held is not null) GradientEdit.Hold(state.Weights.All, held);
        var parameters = Parameters(request, data, masks);
        var checkpoints = request.Checkpoint is { } folder ? new CheckpointFolder(folder, [.. parameters, new("parent", parent.Sha256)]) : null;
        if (checkpoints is { Exists: true } && !request.Resume)
            throw new AuditException(AuditCode.Usage, checkpoints.FilePath, "a checkpoint already", "a new folder", "Add --resume to go on with it, or remove it.");
        var environment = new TrainingEnvironment(request.Runtime, new SessionSettings { Threads = request.Threads }, request.Clock);
        using var session = TrainingSession.Open(request.Runtime, state, settings.Optimiser, environment.Session, held);
        var evaluation = data.Test is { } test ? Evaluation.Of(model, request.Head, test, data.Preprocessing, settings.Batch) : null;
        var run = new TrainingRun(settings, session, data.Train, data.Preprocessing, evaluation, environment, checkpoints);
        run.Run(request.Resume, progress, cancellation);
        foreach (var (name, tensor) in state.Tensors()) model.Graph.SetInitializer(name, tensor);
        if (request.Preprocessing is { } given) model.SetMetadata(Preprocessing.MetadataKey, given.ToJson());
        else notes.AddRange(CarriedPreprocessing.Into(model, request.ModelPath));
        var recipe = new Recipe("train", [.. parameters, new("epoch", FormattableString.Invariant($"{run.Chosen}"))], [parent], request.ToolVersion);
        recipe.WriteTo(model);
        OnnxWriter.Write(model, request.OutPath, new OnnxWriteOptions { ExternalDataFile = Path.GetFileName(dataPath) });
        return new TrainingReport(request.OutPath, Digest.OfFile(request.OutPath), recipe, run.Epochs, run.Chosen, graph.Weights.Sum(w => w.Count), masks?.Sum(m => m.Count - m.Kept) ?? 0, notes);
    }

    /// <summary>What <see cref="Run"/> would refuse, found without training: the settings, the model, whether it can be trained, the data and the masks.</summary>
    /// <param name="request">A run; its model may be another with the same layers.</param>
    /// <exception cref="AuditException">As <see cref="Run"/>.</exception>
    public static void Check(TrainingRequest request)
    {
        CheckSettings(request);
        var model = OnnxReader.Read(request.ModelPath);
        using var data = TrainingData.Open(model, request, []);
        OwnTensors.Give(model);
        if (request.Settings.Held == HeldWeights.Masked) MaskApplication.Bake(model, MaskSet.Load(request.MaskPath!));
        TrainingGraph.Build(model, SampleShape.Of(data.Train, data.Preprocessing), request.Head, request.Settings.Loss);
    }

    /// <summary>What <see cref="Check"/> finds without the model.</summary>
    internal static void CheckSettings(TrainingRequest request)
    {
        request.Settings.Validated();
        if (request.Settings.Patience is not null && request.Test is null)
            throw new AuditException(AuditCode.Usage, "early stop", "no test data", "test data to judge epochs by", "Add --test SPEC.");
    }

    private static MaskSet? Masks(Model model, TrainingRequest request) => request.Settings.Held switch
    {
        HeldWeights.Masked => MaskSet.Load(request.MaskPath!),
        HeldWeights.Zeros => ZeroMasks.Of(model),
        _ => null,
    };

    // What decides the result beside the parent: settings, data, masks, and what rounding depends on.
    private static List<KeyValuePair<string, string>> Parameters(TrainingRequest request, TrainingData data, MaskSet? masks)
    {
        List<KeyValuePair<string, string>> all = [.. request.Settings.Parameters(), new("data", $"{data.Train.Id} sha256:{data.Train.Digest}")];
        if (data.Test is { } test) all.Add(new("test", $"{test.Id} sha256:{test.Digest}"));
        if (masks is not null) all.Add(new("masks", $"sha256:{masks.Digest}"));
        all.Add(new("threads", FormattableString.Invariant($"{request.Threads}")));
        all.Add(new("runtime", request.Runtime.Version));
        return all;
    }
}
