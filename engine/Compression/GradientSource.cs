using OnnxAudit.Data;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression;

/// <summary>What scores from gradients are computed on.</summary>
/// <param name="Runtime">The loaded runtime.</param>
/// <param name="Data">Labelled images; a recipe draws its samples from them.</param>
/// <param name="Preprocessing">How pixels become the model's input; null for data of floats.</param>
public sealed record GradientSource(OrtLibrary Runtime, ImageDataset Data, Preprocessing? Preprocessing)
{
    /// <summary>Samples of one pass, where the method sums over samples and the model leaves its batch free.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Threads, provider, optimisation.</summary>
    public SessionSettings Settings { get; init; } = new();

    /// <summary>Name of the classifier-head node, when the search must not choose.</summary>
    public string? Head { get; init; }

    /// <summary>Ends the work between two passes.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The data in one word and a digest, for lineage.</summary>
    internal string Text => $"{Data.Id} sha256:{Data.Digest}";
}
