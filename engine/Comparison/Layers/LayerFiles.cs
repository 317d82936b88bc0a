using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Comparison.Layers;

/// <summary>What the activations of two model files are computed on.</summary>
/// <param name="Runtime">The loaded runtime.</param>
/// <param name="Spec">The DATA SPEC; labels are not used.</param>
/// <param name="Preprocessing">How pixels become both models' inputs; null: as each model's metadata or the JSON beside it says.</param>
public sealed record LayerData(OrtLibrary Runtime, string Spec, Preprocessing? Preprocessing = null)
{
    /// <summary>Threads, provider, optimisation.</summary>
    public SessionSettings Session { get; init; } = new();
}

/// <summary>Compares the layers of two model files.</summary>
public static class LayerFiles
{
    /// <summary>Reads both files and compares them; weights stay where they lie on disk until they are read.</summary>
    /// <param name="first">The model that changes are measured from.</param>
    /// <param name="second">The model compared with it.</param>
    /// <param name="settings">Bins, memory, threads.</param>
    /// <param name="data">For activations; null: weights alone.</param>
    /// <param name="cancellation">Ends the work between two tensors or batches.</param>
    /// <exception cref="AuditException">Invalid: a file that is no model or has no preprocessing settings for pixels, or models without a common weight. Usage: a wrong
    /// DATA SPEC, or models that want images of different sizes.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static LayerComparison Compare(string first, string second, LayerSettings settings, LayerData? data = null, CancellationToken cancellation = default)
    {
        var (a, b) = (OnnxReader.Read(first), OnnxReader.Read(second));
        if (data is null) return LayerComparison.Of(a, b, settings, null, cancellation);
        var (forA, forB) = (data.Preprocessing ?? Find(a, first), data.Preprocessing ?? Find(b, second));
        if ((forA?.Resize, forA?.Crop) != (forB?.Resize, forB?.Crop))
            throw new AuditException(AuditCode.Usage, second, FormattableString.Invariant($"resize {forB?.Resize} and crop {forB?.Crop}"), FormattableString.Invariant($"resize {forA?.Resize} and crop {forA?.Crop}, as {first} has"),
                "Give both the same images with --preprocess FILE, or compare weights alone.");
        using var dataset = DataSpec.Open(data.Spec, new DataOptions { Preprocessing = forA });
        if (dataset.Encoding == SampleEncoding.Pixels) (forA, forB) = (forA ?? Preprocessing.Resolve(null, Metadata(a), first), forB ?? Preprocessing.Resolve(null, Metadata(b), second));
        return LayerComparison.Of(a, b, settings, new ActivationSource(data.Runtime, dataset, forA, forB) { Session = data.Session }, cancellation);
    }

    private static Preprocessing? Find(Model model, string path) => Preprocessing.Find(null, Metadata(model), path);

    private static Dictionary<string, string> Metadata(Model model)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in model.Metadata) metadata.TryAdd(key, value);
        return metadata;
    }
}
