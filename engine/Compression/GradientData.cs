using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression;

/// <summary>Opens what gradients are taken over.</summary>
internal static class GradientData
{
    /// <summary>The data of a spec with the preprocessing that was given, or that the model's metadata or the JSON beside it states. The caller disposes the dataset.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">Its file.</param>
    /// <param name="data">Spec and choices.</param>
    /// <param name="threads">Threads.</param>
    /// <exception cref="AuditException">Usage: the spec. Invalid: no head, no preprocessing, or the data.</exception>
    public static GradientSource Open(Model model, string path, PruneData data, int threads)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in model.Metadata) metadata.TryAdd(key, value);
        var preprocessing = data.Preprocessing ?? Preprocessing.Find(null, metadata, path);
        var dataset = DataSpec.Open(data.Spec, new DataOptions { Preprocessing = preprocessing, ClassCount = HeadFinder.Find(model, data.Head).Require().ClassCount });
        try
        {
            if (dataset.Encoding == SampleEncoding.Pixels && preprocessing is null) preprocessing = Preprocessing.Resolve(null, metadata, path);
            return new GradientSource(data.Runtime, dataset, preprocessing) { Head = data.Head, Settings = new SessionSettings { Threads = threads } };
        }
        catch
        {
            dataset.Dispose();
            throw;
        }
    }
}
