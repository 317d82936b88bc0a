using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// Decides for every initializer of the main graph where its elements go, by <see cref="OnnxWriteOptions"/>, and gathers those that go to the
/// external file. Initializers of subgraphs stay in the model.
/// </summary>
internal sealed class StoragePlan
{
    /// <summary>The location of initializers that the session receives in memory; no such file is meant to exist.</summary>
    public const string NoFile = "given-in-memory";

    private const int Alignment = 64;
    private const int PageAlignment = 4096;
    private const int PageAlignedFrom = 1 << 20;

    private readonly Graph _graph;
    private readonly OnnxWriteOptions _options;
    private readonly List<(Tensor Tensor, long Offset)> _external = [];
    private long _externalEnd;

    public StoragePlan(Model model, OnnxWriteOptions options)
    {
        (_graph, _options) = (model.Graph, options);
        foreach (var name in (options.Sparse ?? Empty).Concat(options.Externalised ?? Empty))
        {
            var tensor = _graph.Find(name)?.Initializer
                ?? throw Unfit(model, name, "no such initializer", "the name of an initializer of the main graph");
            if (tensor.Type == ElementType.String) throw Unfit(model, name, "strings", "numbers");
        }

        foreach (var name in options.Sparse ?? Empty)
            if (_graph.Find(name)!.Initializer!.Type is var type && type.Bits() < 8)
                throw Unfit(model, name, $"{type} to be written sparse", "an element type of whole bytes");
        if (options.ExternalDataFile is { } file
            && (file.Length == 0 || file != Path.GetFileName(file) || file is "." or ".." || file.Contains('\\')))
            throw new AuditException(AuditCode.Usage, model.Source, $"external data file '{file}'",
                "a plain file name, put beside the model", "Leave the folder out.");
    }

    private static IEnumerable<string> Empty => [];

    /// <summary>What goes to the external file, at rising offsets.</summary>
    public IReadOnlyList<(Tensor Tensor, long Offset)> External => _external;

    /// <summary>Whether an initializer is written as a sparse tensor.</summary>
    public bool IsSparse(Value value)
    {
        if (value.Graph != _graph || _options.Sparse is null)
            return value.Initializer!.Storage is TensorStorage { Form: TensorForm.Sparse } && !IsExternalised(value);
        return _options.Sparse.Contains(value.Name) && !IsExternalised(value);
    }

    /// <summary>Writes an initializer that is not sparse.</summary>
    public void WriteDense(WireWriter to, int field, Value value)
    {
        var tensor = value.Initializer!;
        if (IsExternalised(value)) TensorWriter.Elsewhere(to, field, tensor, value.Name, NoFile, 0);
        else if (_options.ExternalDataFile is { } file && value.Graph == _graph && tensor.Type != ElementType.String
            && tensor.Data.Length >= Math.Max(1, _options.ExternalThreshold))
            TensorWriter.Elsewhere(to, field, tensor, value.Name, file, Place(tensor));
        else TensorWriter.Dense(to, field, tensor, value.Name);
    }

    private bool IsExternalised(Value value) => value.Graph == _graph && (_options.Externalised?.Contains(value.Name) ?? false);

    // 64 bytes suit every vector load; from 1 MiB on, pages, so that a tensor can be mapped by itself.
    private long Place(Tensor tensor)
    {
        long step = tensor.Data.Length >= PageAlignedFrom ? PageAlignment : Alignment;
        var offset = (_externalEnd + step - 1) / step * step;
        _external.Add((tensor, offset));
        _externalEnd = offset + tensor.Data.Length;
        return offset;
    }

    private static AuditException Unfit(Model model, string name, string found, string expected) =>
        new(AuditCode.Usage, $"{model.Source}, initializer '{name}'", found, expected, "Change the write options.");
}
