namespace OnnxAudit.Compression;

/// <summary>What became of a model that another was made from.</summary>
public enum ParentState
{
    /// <summary>A file with the recorded digest is among the files.</summary>
    Found,

    /// <summary>Neither the recorded digest nor the recorded name is among the files.</summary>
    Missing,

    /// <summary>A file of the recorded name is among the files, with another digest.</summary>
    Changed,

    /// <summary>A list says so; no file was looked at.</summary>
    Recorded,
}

/// <summary>A recorded parent and what was found of it.</summary>
/// <param name="Parent">As the recipe records it.</param>
/// <param name="State">What was found.</param>
/// <param name="File">The file found, or the changed file; null otherwise.</param>
public sealed record LineageLink(RecipeParent Parent, ParentState State, LineageFile? File = null);

/// <summary>A figure of a model in a lineage.</summary>
/// <param name="Name">As its source names it.</param>
/// <param name="Value">Finite.</param>
/// <param name="IsPrimary">Whether it belongs beside the model's name.</param>
/// <param name="IsFraction">Whether people read it in per cent.</param>
/// <param name="Unit">Appended for people; may be empty.</param>
public sealed record LineageMetric(string Name, double Value, bool IsPrimary, bool IsFraction, string Unit);

/// <summary>A model of a lineage, or the place of one that is missing or changed.</summary>
public sealed class LineageNode
{
    private readonly List<LineageNode> _children = [];

    /// <summary>Unique among the models; the recorded file name for a parent that is not there.</summary>
    public required string Name { get; init; }

    /// <summary>Found for a model that is there; Missing or Changed for a parent that is not.</summary>
    public ParentState State { get; internal set; } = ParentState.Found;

    /// <summary>Digest (hex), recorded or real; null when unknown.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The file; null for a parent that is not there and for a model read from a list.</summary>
    public LineageFile? File { get; init; }

    /// <summary>What was done to the parent; null when nothing says.</summary>
    public string? Operation { get; init; }

    /// <summary>The operation's parameters, in the recipe's order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>Version of the program that made it; null when nothing says.</summary>
    public string? ToolVersion { get; init; }

    /// <summary>Known figures.</summary>
    public IReadOnlyList<LineageMetric> Metrics { get; init; } = [];

    /// <summary>All recorded parents.</summary>
    public IReadOnlyList<LineageLink> Links { get; init; } = [];

    /// <summary>Name of an earlier model with the very same bytes, or null.</summary>
    public string? SameAs { get; init; }

    /// <summary>The model it hangs from in the tree; null for a root.</summary>
    public LineageNode? Parent { get; private set; }

    /// <summary>The link behind <see cref="Parent"/>, or null.</summary>
    public LineageLink? ParentLink { get; internal set; }

    /// <summary>The models that hang from it, in the order given.</summary>
    public IReadOnlyList<LineageNode> Children => _children;

    /// <summary>Recorded parents that the tree does not show.</summary>
    public IEnumerable<LineageLink> OtherLinks => Links.Where(l => l != ParentLink);

    internal void HangFrom(LineageNode parent)
    {
        Parent = parent;
        parent._children.Add(this);
    }
}
