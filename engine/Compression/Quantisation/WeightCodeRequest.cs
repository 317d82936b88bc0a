using OnnxAudit.Runtime;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>How weights are stored, and with which arithmetic layers run, where no calibration is needed.</summary>
public enum WeightCode
{
    /// <summary>uint8 weights, inputs coded while running, integer arithmetic.</summary>
    DynamicInt8,

    /// <summary>float16 weights and activations; inputs and outputs of the model stay float32.</summary>
    Float16,

    /// <summary>float16 weights, float32 arithmetic.</summary>
    Float16Weights,

    /// <summary>Indices into a codebook for each weight, float32 arithmetic.</summary>
    Palette,
}

/// <summary>Names of the codes on the command line and in recipes.</summary>
public static class WeightCodes
{
    /// <summary>Codes by name.</summary>
    public static IReadOnlyDictionary<string, WeightCode> Names { get; } = new Dictionary<string, WeightCode>
    {
        ["int8-dynamic"] = WeightCode.DynamicInt8,
        ["float16"] = WeightCode.Float16,
        ["float16-weights"] = WeightCode.Float16Weights,
        ["palette"] = WeightCode.Palette,
    };

    /// <summary>The code that is calibrated on images: static int8.</summary>
    public const string Calibrated = "int8-static";

    /// <summary>Parameters, as options and recipes call them, that only some codes have a use for, with these codes.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Uses { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["method"] = [Calibrated],
        ["percentile"] = [Calibrated],
        ["samples"] = [Calibrated],
        ["batch"] = [Calibrated],
        ["symmetric"] = [Calibrated],
        ["per-tensor"] = [Calibrated, "int8-dynamic"],
        ["asymmetric-weights"] = [Calibrated, "int8-dynamic"],
        ["weight-bits"] = [Calibrated, "int8-dynamic"],
        ["keep-norms"] = [Calibrated, "int8-dynamic", "float16"],
        ["fold-norms"] = ["float16-weights", "palette"],
        ["allow-clipping"] = ["float16", "float16-weights"],
        ["entries"] = ["palette"],
    };

    /// <summary>Refuses parameters that a code has no use for.</summary>
    /// <param name="code">The code's name.</param>
    /// <param name="given">Parameters given.</param>
    /// <param name="where">For the message: the command line, or a recipe's step.</param>
    /// <param name="dashes">What stands before a parameter's name there.</param>
    /// <exception cref="AuditException">Usage.</exception>
    public static void RequireUse(string code, IEnumerable<string> given, string where, string dashes = "")
    {
        foreach (var name in given)
            if (Uses.TryGetValue(name, out var codes) && !codes.Contains(code))
                throw new AuditException(AuditCode.Usage, where, $"{dashes}{name} with {dashes}code {code}", $"{dashes}code {string.Join(" or ", codes)}", "Leave it out.");
    }

    /// <summary>The name of a code.</summary>
    public static string NameOf(WeightCode code) => Names.First(n => n.Value == code).Key;
}

/// <summary>Files and choices of a code that needs no data.</summary>
/// <param name="ModelPath">The float32 model.</param>
/// <param name="OutPath">The model to write; not the input.</param>
/// <param name="Code">The code.</param>
/// <param name="Runtime">ONNX Runtime, which runs the result before it is written.</param>
/// <param name="ToolVersion">Version of the program, for the lineage.</param>
public sealed record WeightCodeRequest(string ModelPath, string OutPath, WeightCode Code, OrtLibrary Runtime, string ToolVersion)
{
    /// <summary>Folds batch normalisation into the convolutions first.</summary>
    public bool FoldNorms { get; init; }

    /// <summary>One scale for each weight tensor in place of one for each output channel (<see cref="WeightCode.DynamicInt8"/>).</summary>
    public bool PerTensor { get; init; }

    /// <summary>Weights over their own range in place of symmetric about 0 (<see cref="WeightCode.DynamicInt8"/>).</summary>
    public bool AsymmetricWeights { get; init; }

    /// <summary>Bits of a weight, 7 or 8 (<see cref="WeightCode.DynamicInt8"/>).</summary>
    public int WeightBits { get; init; } = 8;

    /// <summary>Most entries of a codebook, 2 to 256 (<see cref="WeightCode.Palette"/>).</summary>
    public int Entries { get; init; } = 256;

    /// <summary>Clips numbers beyond ±65504 in place of refusing them (float16 codes).</summary>
    public bool AllowClipping { get; init; }

    /// <summary>Patterns on operator type, node or weight name of layers, for <see cref="WeightCode.Float16"/> of any nodes, that stay float32.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];
}

/// <summary>What became of a weight.</summary>
/// <param name="Layer">The first layer that reads it: node name, or weight name where the node has none.</param>
/// <param name="Weight">Name of the weight in the parent.</param>
/// <param name="Count">Elements.</param>
/// <param name="Bits">Bits an element takes, its share of a codebook included.</param>
/// <param name="Error">‖coded − weight‖ / ‖weight‖, float64; 0 for a weight of zeros that stays one.</param>
public sealed record CodedLayer(string Layer, string Weight, long Count, double Bits, double Error)
{
    internal static CodedLayer Of(string layer, string name, ReadOnlySpan<float> weight, ReadOnlySpan<float> coded, double bits)
    {
        double error = 0, size = 0;
        for (var i = 0; i < weight.Length; i++)
        {
            var difference = (double)coded[i] - weight[i];
            error += difference * difference;
            size += (double)weight[i] * weight[i];
        }

        return new CodedLayer(layer, name, weight.Length, bits, error == 0 ? 0 : Math.Sqrt(error / size));
    }
}

/// <summary>What a weight code made.</summary>
/// <param name="Path">The model written.</param>
/// <param name="Sha256">Its SHA-256 (hex).</param>
/// <param name="Recipe">The lineage in its metadata.</param>
/// <param name="Layers">Weights in another code now, in file order.</param>
/// <param name="BytesBefore">Size of the parent's files.</param>
/// <param name="BytesAfter">Size of the files written.</param>
/// <param name="Change">‖outputs − parent's outputs‖ / ‖parent's outputs‖ on made-up inputs; null where the file does not tell the inputs' sizes.</param>
/// <param name="Notes">Sentences for people.</param>
public sealed record WeightCodeReport(
    string Path, string Sha256, Recipe Recipe, IReadOnlyList<CodedLayer> Layers, long BytesBefore, long BytesAfter, double? Change, IReadOnlyList<string> Notes);
