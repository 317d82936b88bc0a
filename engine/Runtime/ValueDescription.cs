using OnnxAudit.Graphs;

namespace OnnxAudit.Runtime;

/// <summary>An input, output or overridable initializer as the session declares it.</summary>
/// <param name="Name">Name in the graph.</param>
/// <param name="Type">Element type; Undefined when the value is no tensor (a sequence, a map).</param>
/// <param name="Shape">Dimensions; symbols and unknown sizes fit any size.</param>
/// <param name="RankKnown">False: the model states no shape, and <paramref name="Shape"/> is empty without meaning a scalar.</param>
public sealed record ValueDescription(string Name, ElementType Type, IReadOnlyList<Dim> Shape, bool RankKnown = true)
{
    /// <summary>Whether a tensor of these dimensions may stand for the value.</summary>
    public bool Fits(ReadOnlySpan<long> dims)
    {
        if (!RankKnown) return true;
        if (dims.Length != Shape.Count) return false;
        for (var i = 0; i < dims.Length; i++)
            if (Shape[i].Size is { } size && size != dims[i]) return false;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Type} [{(RankKnown ? string.Join(',', Shape) : "…")}]";
}

/// <summary>What a model file says about itself.</summary>
/// <param name="Producer">Who wrote it.</param>
/// <param name="GraphName">Name of its graph.</param>
/// <param name="Domain">Its domain.</param>
/// <param name="Description">Its description.</param>
/// <param name="GraphDescription">Its graph's description.</param>
/// <param name="Version">Its version.</param>
/// <param name="Custom">Its metadata properties.</param>
public sealed record ModelMetadata(
    string Producer, string GraphName, string Domain, string Description, string GraphDescription, long Version, IReadOnlyDictionary<string, string> Custom);
