namespace OnnxAudit.Graphs;

/// <summary>A graph with what a model file says about it: versions, operator sets, producer, metadata, functions.</summary>
public sealed class Model
{
    /// <summary>A model around a main graph.</summary>
    public Model(Graph graph) => Graph = graph;

    /// <summary>The main graph.</summary>
    public Graph Graph { get; }

    /// <summary>Where it came from, for messages: a file name or "memory".</summary>
    public string Source { get; set; } = "memory";

    /// <summary>ONNX IR version.</summary>
    public long IrVersion { get; set; } = 8;

    /// <summary>Operator-set version by domain, in file order; "" is ONNX's own.</summary>
    public List<KeyValuePair<string, long>> Opsets { get; } = [];

    /// <summary>Metadata properties in file order.</summary>
    public List<KeyValuePair<string, string>> Metadata { get; } = [];

    /// <summary>Producer name.</summary>
    public string ProducerName { get; set; } = "";

    /// <summary>Producer version.</summary>
    public string ProducerVersion { get; set; } = "";

    /// <summary>Format-specific payload carried through unread (functions, training info, unknown fields).</summary>
    public object? Carried { get; set; }

    /// <summary>Version of ONNX's own operator set; 0 when the file names none.</summary>
    public long Opset => Opsets.Where(o => o.Key is "" or "ai.onnx").Select(o => o.Value).DefaultIfEmpty(0).Max();

    /// <summary>The metadata value of that key, or null.</summary>
    public string? MetadataOf(string key) => Metadata.Find(p => p.Key == key).Value;

    /// <summary>Adds or replaces a metadata property.</summary>
    public void SetMetadata(string key, string value)
    {
        var i = Metadata.FindIndex(p => p.Key == key);
        if (i < 0) Metadata.Add(new(key, value));
        else Metadata[i] = new(key, value);
    }
}
