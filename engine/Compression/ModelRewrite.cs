using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression;

/// <summary>An operation on files: the parent read and measured, the child written with its lineage and the parent's preprocessing.</summary>
internal sealed class ModelRewrite
{
    private readonly string _modelPath;
    private readonly string _outPath;
    private readonly string? _dataPath;
    private readonly RecipeParent _parent;

    private ModelRewrite(Model model, string modelPath, string outPath)
    {
        (Model, _modelPath, _outPath) = (model, modelPath, outPath);
        var external = model.Graph.Initializers.Any(v => v.Initializer!.Storage is TensorStorage { Form: TensorForm.External });
        _dataPath = external ? outPath + ".data" : null;
        OutputPaths.Check(ModelFiles.Of(model, modelPath).Select((file, i) => (i == 0 ? "the input" : "the input's weights", file.Path)),
            [("the output", outPath), ("the output's weights", _dataPath)]);
        BytesBefore = ModelFiles.BytesOf(model, modelPath);
        _parent = new RecipeParent("base", ModelFiles.DigestOf(model, modelPath), Path.GetFileName(modelPath));
    }

    /// <summary>The model, to be changed in place.</summary>
    public Model Model { get; }

    /// <summary>Bytes of the parent's files.</summary>
    public long BytesBefore { get; }

    /// <summary>Sentences for people, in the order things happened.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Reads the parent; refuses an output that would replace one of its files.</summary>
    public static ModelRewrite Open(string modelPath, string outPath) => new(OnnxReader.Read(modelPath), modelPath, outPath);

    /// <summary>Writes the model with its recipe.</summary>
    public (Recipe Recipe, string Sha256, long Bytes) Write(string operation, IReadOnlyList<KeyValuePair<string, string>> parameters, string toolVersion, Preprocessing? preprocessing = null)
    {
        if (preprocessing is not null) Model.SetMetadata(Preprocessing.MetadataKey, preprocessing.ToJson());
        else Notes.AddRange(CarriedPreprocessing.Into(Model, _modelPath));
        var recipe = new Recipe(operation, parameters, [_parent], toolVersion);
        recipe.WriteTo(Model);
        OnnxWriter.Write(Model, _outPath, new OnnxWriteOptions { ExternalDataFile = Path.GetFileName(_dataPath) });
        var bytes = new FileInfo(_outPath).Length + (_dataPath is not null && File.Exists(_dataPath) ? new FileInfo(_dataPath).Length : 0);
        return (recipe, Digest.OfFile(_outPath), bytes);
    }
}
