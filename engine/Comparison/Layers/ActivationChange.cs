using OnnxAudit.Data;
using OnnxAudit.Runtime;

namespace OnnxAudit.Comparison.Layers;

/// <summary>A layer's output in two models over the same samples.</summary>
/// <param name="Layer">The layer's node in the first model.</param>
/// <param name="OtherLayer">The layer's node in the second.</param>
/// <param name="Shape">Shape of one sample's output.</param>
/// <param name="Change">What changed, on bins of the layer's own: from the least to the greatest value in the first model.</param>
public sealed record ActivationChange(string Layer, string OtherLayer, IReadOnlyList<long> Shape, ElementChange Change);

/// <summary>What activations are computed on.</summary>
/// <param name="Library">The loaded runtime.</param>
/// <param name="Data">Samples; labels are not used.</param>
/// <param name="First">How pixels become the first model's input; null for data of floats.</param>
/// <param name="Second">The same for the second model.</param>
public sealed record ActivationSource(OrtLibrary Library, ImageDataset Data, Preprocessing? First, Preprocessing? Second)
{
    /// <summary>Threads, provider, optimisation.</summary>
    public SessionSettings Session { get; init; } = new();
}
