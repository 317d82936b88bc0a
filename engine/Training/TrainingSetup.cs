using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Training;

/// <summary>What a request names, read, opened and checked before any work, and the writing of what comes out.</summary>
internal sealed class TrainingSetup : IDisposable
{
    private readonly TrainingRequest _request;
    private TrainingGraph? _graph;
    private TrainingState? _state;

    private TrainingSetup(TrainingRequest request, Model model, TrainingData data, List<string> notes)
    {
        (_request, Model, Data, Notes) = (request, model, data, notes);
        Environment = new TrainingEnvironment(request.Runtime, new SessionSettings { Threads = request.Threads }, request.Clock);
        Base = new RecipeParent("base", ModelFiles.DigestOf(model, request.ModelPath), Path.GetFileName(request.ModelPath));
    }

    /// <summary>The model, every layer's tensors its own.</summary>
    public Model Model { get; }

    /// <summary>The images.</summary>
    public TrainingData Data { get; }

    /// <summary>Sentences for people.</summary>
    public List<string> Notes { get; }

    /// <summary>Runtime, threads, clock.</summary>
    public TrainingEnvironment Environment { get; }

    /// <summary>The model started from, in the lineage.</summary>
    public RecipeParent Base { get; }

    /// <summary>Whose scores are learnt; null: nobody's.</summary>
    public Teacher? Teacher { get; private set; }

    /// <summary>The training graph, after <see cref="Grow"/>.</summary>
    public TrainingGraph Graph => _graph ?? throw new InvalidOperationException("not grown yet");

    /// <summary>Weights and statistics, after <see cref="Grow"/>.</summary>
    public TrainingState State => _state ?? throw new InvalidOperationException("not grown yet");

    /// <summary>The parents, the teacher last.</summary>
    public IReadOnlyList<RecipeParent> Parents => Teacher is null ? [Base] : [Base, Teacher.Parent];

    /// <summary>Reads and opens.</summary>
    /// <param name="request">What to open.</param>
    /// <param name="inputs">Files read beside the request's, by role.</param>
    /// <param name="outputs">Models written beside the request's, by role.</param>
    /// <param name="writes">Whether a run follows: without one outputs mean nothing, and a teacher that is not there yet is left out.</param>
    /// <exception cref="AuditException">Usage: settings, or files that are one. Invalid: model, data or teacher.</exception>
    public static TrainingSetup Open(TrainingRequest request, IEnumerable<(string Role, string Path)> inputs, IEnumerable<(string Role, string Path)> outputs, bool writes = true)
    {
        ModelTraining.CheckSettings(request);
        var model = OnnxReader.Read(request.ModelPath);
        if (writes) CheckPaths(model, request, inputs, outputs);
        var notes = new List<string>();
        var setup = new TrainingSetup(request, model, TrainingData.Open(model, request, notes), notes);
        try
        {
            if (OwnTensors.Give(model) is > 0 and var own) notes.Add(FormattableString.Invariant($"{own} tensors that several layers shared as equal became each layer's own."));
            if (request.TeacherPath is { } path && (writes || File.Exists(path))) setup.Teacher = setup.OpenTeacher(path);
            return setup;
        }
        catch
        {
            setup.Dispose();
            throw;
        }
    }

    /// <summary>Builds the training graph and the state that the model, as it now is, starts from.</summary>
    public void Grow()
    {
        _graph = TrainingGraph.Build(Model, SampleShape.Of(Data.Train, Data.Preprocessing), _request.Head, _request.Settings.Loss);
        _state = new TrainingState(_graph, Model);
    }

    /// <summary>How the model does on the test data; null without any.</summary>
    public Evaluation? Evaluation() =>
        Data.Test is { } test ? Training.Evaluation.Of(Model, _request.Head, test, Data.Preprocessing, _request.Settings.Batch) : null;

    /// <summary>A session with an optimiser that has seen nothing yet.</summary>
    public TrainingSession Session(int[]? held, DerivedWeights? derived = null) =>
        TrainingSession.Open(_request.Runtime, State, _request.Settings.Optimiser, Environment.Session, held, derived);

    /// <summary>What decides the result beside the parents: settings, data, masks, and what rounding depends on.</summary>
    public List<KeyValuePair<string, string>> Parameters(MaskSet? masks)
    {
        List<KeyValuePair<string, string>> all = [.. _request.Settings.Parameters(), new("data", $"{Data.Train.Id} sha256:{Data.Train.Digest}")];
        if (Data.Test is { } test) all.Add(new("test", $"{test.Id} sha256:{test.Digest}"));
        if (masks is not null) all.Add(new("masks", $"sha256:{masks.Digest}"));
        all.Add(new("threads", FormattableString.Invariant($"{_request.Threads}")));
        all.Add(new("runtime", _request.Runtime.Version));
        return all;
    }

    /// <summary>Puts the state into the model.</summary>
    public void Store()
    {
        foreach (var (name, tensor) in State.Tensors()) Model.Graph.SetInitializer(name, tensor);
    }

    /// <summary>Writes the model with its recipe and answers its digest.</summary>
    public string Write(string path, Recipe recipe)
    {
        if (_request.Preprocessing is { } given) Model.SetMetadata(Preprocessing.MetadataKey, given.ToJson());
        else Notes.AddRange(CarriedPreprocessing.Into(Model, _request.ModelPath));
        recipe.WriteTo(Model);
        OnnxWriter.Write(Model, path, new OnnxWriteOptions { ExternalDataFile = Path.GetFileName(DataPath(Model, path)) });
        return Digest.OfFile(path);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Teacher?.Dispose();
        Data.Dispose();
    }

    private static void CheckPaths(Model model, TrainingRequest request, IEnumerable<(string Role, string Path)> inputs, IEnumerable<(string Role, string Path)> outputs)
    {
        (string Role, string Path)[] models = [("the output", request.OutPath), .. outputs];
        OutputPaths.Check(
            [.. ModelFiles.Of(model, request.ModelPath).Select((file, i) => (i == 0 ? "the input" : "the input's weights", file.Path)),
                .. request.TeacherPath is { } teacher ? [("the teacher", teacher)] : Array.Empty<(string, string)>(), .. inputs],
            [.. models.Select(m => (m.Role, (string?)m.Path)), .. models.Select(m => ($"{m.Role}'s weights", DataPath(model, m.Path)))]);
    }

    private Teacher OpenTeacher(string path) => Training.Teacher.Open(path, SampleShape.Of(Data.Train, Data.Preprocessing), HeadFinder.Find(Model, _request.Head).Require().ClassCount,
        _request.Preprocessing is null ? Data.Preprocessing : null, _request.Runtime, Environment.Session);

    private static string? DataPath(Model model, string path) =>
        model.Graph.Initializers.Any(v => v.Initializer!.Storage is TensorStorage { Form: TensorForm.External }) ? path + ".data" : null;
}
