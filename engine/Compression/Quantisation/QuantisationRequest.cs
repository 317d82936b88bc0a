using OnnxAudit.Data;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>Files and choices of a static quantisation.</summary>
/// <param name="ModelPath">The float32 model.</param>
/// <param name="OutPath">The model to write; not the input.</param>
/// <param name="Data">DATA SPEC of images to calibrate on; their labels are not used.</param>
/// <param name="Runtime">ONNX Runtime.</param>
/// <param name="ToolVersion">Version of the program, for the lineage.</param>
public sealed record QuantisationRequest(string ModelPath, string OutPath, string Data, OrtLibrary Runtime, string ToolVersion)
{
    /// <summary>How ranges are chosen.</summary>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.MinMax;

    /// <summary>Per cent of the values kept by <see cref="CalibrationMethod.Percentile"/>, above 50, at most 100.</summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>Samples to calibrate on, drawn by the seed; all when there are no more.</summary>
    public int Samples { get; init; } = 512;

    /// <summary>Seed of the draw.</summary>
    public ulong Seed { get; init; }

    /// <summary>Samples that run together: memory for activations grows with it.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Activations as symmetric int8 in place of asymmetric uint8.</summary>
    public bool SymmetricActivations { get; init; }

    /// <summary>One scale for each weight tensor in place of one for each output channel.</summary>
    public bool PerTensor { get; init; }

    /// <summary>Weights as uint8 over their own range in place of symmetric int8; of convolutions with <see cref="PerTensor"/> only.</summary>
    public bool AsymmetricWeights { get; init; }

    /// <summary>Bits of a weight: 8, or 7 for processors whose 8-bit products saturate (AVX2 without VNNI).</summary>
    public int WeightBits { get; init; } = 8;

    /// <summary>Leaves batch normalisation as nodes in place of folding it into the convolutions first.</summary>
    public bool KeepNorms { get; init; }

    /// <summary>Patterns on operator type, node or weight name of layers that stay float32.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>How pixels become inputs; null: as the model's metadata or the JSON beside it says.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>Name of the classifier-head node, when the search must not choose.</summary>
    public string? Head { get; init; }

    /// <summary>Threads; ranges depend on them, by rounding.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>An activation that was quantised.</summary>
/// <param name="Name">Name of the value.</param>
/// <param name="Low">Lower end of its calibrated range.</param>
/// <param name="High">Upper end.</param>
/// <param name="Code">Its code.</param>
public sealed record QuantisedActivation(string Name, double Low, double High, AffineCode Code);

/// <summary>What a quantisation made.</summary>
/// <param name="Path">The model written.</param>
/// <param name="Sha256">Its SHA-256 (hex).</param>
/// <param name="Recipe">The lineage in its metadata.</param>
/// <param name="Layers">Layers whose weights are int8 now, in file order: node name, or weight name where the node has none.</param>
/// <param name="Activations">Activations that are 8-bit now, in file order.</param>
/// <param name="Samples">Samples calibrated on.</param>
/// <param name="BytesBefore">Size of the parent's files.</param>
/// <param name="BytesAfter">Size of the files written.</param>
/// <param name="Notes">Sentences for people.</param>
public sealed record QuantisationReport(
    string Path, string Sha256, Recipe Recipe, IReadOnlyList<string> Layers, IReadOnlyList<QuantisedActivation> Activations, int Samples, long BytesBefore,
    long BytesAfter, IReadOnlyList<string> Notes)
{
    /// <summary>‖outputs − parent's outputs‖ / ‖parent's outputs‖ on made-up inputs; null where the file does not tell the inputs' sizes.</summary>
    public double? Change { get; init; }
}
