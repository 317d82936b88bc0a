using System.Globalization;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>The quantize operation for codes that need no data: a float32 model file in, one with coded weights out, run beside its parent before it is written.</summary>
public static class WeightCoding
{
    private const long OldestDynamic = 11;

    /// <summary>Codes, runs and writes. The same input gives the same bytes.</summary>
    /// <exception cref="AuditException">Usage: numbers out of range, an exclusion that fits nothing, files that are one. Invalid: nothing to code, numbers the code cannot hold,
    /// or a result that does not run.</exception>
    public static WeightCodeReport Run(WeightCodeRequest request, CancellationToken cancellation = default)
    {
        Check(request, graph: false);
        var rewrite = ModelRewrite.Open(request.ModelPath, request.OutPath);
        var (model, notes) = (rewrite.Model, rewrite.Notes);
        LayerChoice.RequireFloat(model);
        if (request.Code == WeightCode.DynamicInt8 && model.Opset < OldestDynamic && OpsetUpgrade.To18(model))
            notes.Add(FormattableString.Invariant($"The model went to opset {model.Opset}: codes made while running need {OldestDynamic}."));
        if (request.FoldNorms && BatchNormFolding.Fold(model) is { Count: > 0 } folded)
        {
            GraphTrim.Trim(model.Graph);
            notes.Add(FormattableString.Invariant($"{folded.Count} batch normalisations were folded into their convolutions."));
        }

        var coded = Apply(model, request, notes, cancellation);
        GraphTrim.Trim(model.Graph);
        cancellation.ThrowIfCancellationRequested();
        var change = OutputChange.Of(model, request.ModelPath, request.Runtime);
        if (change is null) notes.Add("The file does not tell the sizes of its inputs: the result was loaded, not run.");
        var (recipe, sha256, bytes) = rewrite.Write("quantize", Parameters(request), request.ToolVersion);
        return new WeightCodeReport(request.OutPath, sha256, recipe, coded, rewrite.BytesBefore, bytes, change, notes);
    }

    /// <summary>What <see cref="Run"/> would refuse, found without running: the numbers and, where <paramref name="graph"/> says that the request's model or one with the same layers is there, its layers.</summary>
    /// <exception cref="AuditException">As <see cref="Run"/>.</exception>
    public static void Check(WeightCodeRequest request, bool graph)
    {
        if (request.Entries is < 2 or > 256) throw Bad("palette entries", request.Entries, "2 to 256");
        if (request.WeightBits is not (7 or 8)) throw Bad("weight bits", request.WeightBits, "7 or 8");
        if (!graph) return;
        var model = OnnxReader.Read(request.ModelPath);
        LayerChoice.RequireFloat(model);
        if (request.Code == WeightCode.Float16) return; // any node may be excluded, and nodes come and go with folding
        var (layers, _) = LayerChoice.Of(model, request.Exclude);
        if (request is { Code: WeightCode.DynamicInt8, AsymmetricWeights: true }) IntegerWeights.RequireOneZeroPoint(model, layers, request.PerTensor);
    }

    private static IReadOnlyList<CodedLayer> Apply(Model model, WeightCodeRequest request, List<string> notes, CancellationToken cancellation)
    {
        var range = new HalfRange(model.Source, request.AllowClipping);
        var coded = request.Code == WeightCode.Float16 ? HalfConversion.Apply(model, request, range, notes) : Layers();
        notes.AddRange(range.Notes());
        if (request.Code == WeightCode.Float16 && !HalfRounding.IsKept(request.Runtime))
            notes.Add("This ONNX Runtime's CPU provider computes float16 nodes in float32 and leaves the roundings between them out: what it shows is the weights' rounding.");
        return coded;

        IReadOnlyList<CodedLayer> Layers()
        {
            var (layers, excluded) = LayerChoice.Of(model, request.Exclude);
            if (excluded > 0) notes.Add(FormattableString.Invariant($"{excluded} layers were excluded and stay float32."));
            return request.Code switch
            {
                WeightCode.DynamicInt8 => DynamicQuantisation.Apply(model, layers, request, notes),
                WeightCode.Palette => Palettisation.Apply(model, layers, request.Entries, cancellation),
                _ => HalfWeights.Apply(layers, range),
            };
        }
    }

    private static List<KeyValuePair<string, string>> Parameters(WeightCodeRequest request)
    {
        List<KeyValuePair<string, string>> parameters = [new("code", WeightCodes.NameOf(request.Code))];
        if (request.Code == WeightCode.DynamicInt8)
            parameters.Add(new("weights", FormattableString.Invariant($"uint{request.WeightBits} {(request.AsymmetricWeights ? "asymmetric" : "symmetric")} per {(request.PerTensor ? "tensor" : "channel")}")));
        if (request.Code == WeightCode.Palette) parameters.Add(new("entries", request.Entries.ToString(CultureInfo.InvariantCulture)));
        if (request.Code is WeightCode.Float16 or WeightCode.Float16Weights) parameters.Add(new("beyond range", request.AllowClipping ? "clipped" : "refused"));
        parameters.Add(new("batch norm", request.FoldNorms ? "folded" : "kept"));
        if (request.Exclude.Count > 0) parameters.Add(new("exclude", string.Join(' ', request.Exclude)));
        return parameters;
    }

    private static AuditException Bad(string what, IFormattable found, string expected) =>
        new(AuditCode.Usage, what, found.ToString(null, CultureInfo.InvariantCulture), expected, "Change the value.");
}
