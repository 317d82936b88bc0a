using OnnxAudit.Compression.Structured;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression.Factorisation;

/// <summary>Files and choices of a factorisation. Exactly one of energy, rank and ratio says how far it goes.</summary>
/// <param name="ModelPath">The float32 model.</param>
/// <param name="OutPath">The model to write; not the input.</param>
/// <param name="Runtime">ONNX Runtime, which runs the result before it is written.</param>
/// <param name="ToolVersion">Version of the program, for the lineage.</param>
public sealed record FactorisationRequest(string ModelPath, string OutPath, OrtLibrary Runtime, string ToolVersion)
{
    /// <summary>Share of each layer's Σσ² to keep, in (0, 1].</summary>
    public double? Energy { get; init; }

    /// <summary>Rank of every layer.</summary>
    public int? Rank { get; init; }

    /// <summary>Share of each layer's weights to be left with at most, in (0, 1).</summary>
    public double? Ratio { get; init; }

    /// <summary>Folds batch normalisation into the convolutions first.</summary>
    public bool FoldNorms { get; init; }

    /// <summary>Factorises the classifier head too: class directions then live among as many features as its rank.</summary>
    public bool IncludeHead { get; init; }

    /// <summary>Patterns on operator type, node or weight name of layers that stay.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Name of the classifier-head node, when the search must not choose.</summary>
    public string? Head { get; init; }

    /// <summary>Threads; the result does not depend on them.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>A layer and the two it became.</summary>
/// <param name="Layer">Node name, or weight name where the node has none.</param>
/// <param name="OpType">Its operator.</param>
/// <param name="Shape">Shape of the weight.</param>
/// <param name="Rank">Channels between the two.</param>
/// <param name="FullRank">The smaller side of the weight as a matrix.</param>
/// <param name="Energy">Share of Σσ² kept.</param>
/// <param name="Before">Weights before.</param>
/// <param name="After">Weights after, r·(rows + columns).</param>
public sealed record FactorisedLayer(string Layer, string OpType, IReadOnlyList<long> Shape, int Rank, int FullRank, double Energy, long Before, long After)
{
    /// <summary>‖product − weight‖ / ‖weight‖ = √(1 − energy).</summary>
    public double Error => Math.Sqrt(1 - Energy);
}

/// <summary>A layer that stayed.</summary>
/// <param name="Layer">Node name, or weight name where the node has none.</param>
/// <param name="Why">The reason.</param>
public sealed record WholeLayer(string Layer, string Why);

/// <summary>What a factorisation made.</summary>
/// <param name="Path">The model written.</param>
/// <param name="Sha256">Its SHA-256 (hex).</param>
/// <param name="Recipe">The lineage in its metadata.</param>
/// <param name="Layers">Layers that became two, in file order.</param>
/// <param name="Kept">Layers that stayed whole.</param>
/// <param name="Before">Estimated cost of the parent; null where the file does not tell the inputs' sizes.</param>
/// <param name="After">Estimated cost of what was written.</param>
/// <param name="BytesBefore">Size of the parent's files.</param>
/// <param name="BytesAfter">Size of the files written.</param>
/// <param name="Change">‖outputs − parent's outputs‖ / ‖parent's outputs‖ on made-up inputs; null where the file does not tell the inputs' sizes.</param>
/// <param name="Notes">Sentences for people.</param>
public sealed record FactorisationReport(
    string Path, string Sha256, Recipe Recipe, IReadOnlyList<FactorisedLayer> Layers, IReadOnlyList<WholeLayer> Kept, ModelCost? Before, ModelCost? After, long BytesBefore,
    long BytesAfter, double? Change, IReadOnlyList<string> Notes);
