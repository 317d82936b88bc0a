using System.Globalization;
using OnnxAudit.Data;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>
/// The quantize operation: a float32 model file in, an int8 model file in QDQ form out. Batch normalisation is folded first; activations get ranges from calibration
/// samples; weights are symmetric int8 per output channel, biases int32.
/// </summary>
public static class StaticQuantisation
{
    private const long OldestOpset = 13;

    /// <summary>Quantises and writes. The same input, data, seed, threads and runtime give the same bytes.</summary>
    /// <exception cref="AuditException">Usage: numbers out of range, an exclusion that fits nothing, files that are one. Invalid: model or data, or nothing to quantise.</exception>
    public static QuantisationReport Run(QuantisationRequest request, CancellationToken cancellation = default)
    {
        Check(request, graph: false);
        var rewrite = ModelRewrite.Open(request.ModelPath, request.OutPath);
        var (model, notes) = (rewrite.Model, rewrite.Notes);
        if (model.Opset < OldestOpset && OpsetUpgrade.To18(model)) notes.Add(FormattableString.Invariant($"The model went to opset {model.Opset}: scales per channel need {OldestOpset}."));
        if (!request.KeepNorms && BatchNormFolding.Fold(model) is { Count: > 0 } folded)
        {
            GraphTrim.Trim(model.Graph);
            notes.Add(FormattableString.Invariant($"{folded.Count} batch normalisations were folded into their convolutions."));
        }

        var plan = QuantisationPlan.Of(model, request.Exclude);
        if (plan.Excluded.Count > 0) notes.Add(FormattableString.Invariant($"{plan.Excluded.Count} nodes were excluded and stay float32."));
        if (request.AsymmetricWeights) IntegerWeights.RequireOneZeroPoint(model, plan.Layers, request.PerTensor);
        using var data = Open(model, request, out var preprocessing);
        notes.AddRange(data.Notes);
        using var drawn = DatasetDraw.Of(data, request.Samples, request.Seed);
        if (drawn.Count < request.Samples) notes.Add(FormattableString.Invariant($"The data holds {drawn.Count} samples, fewer than {request.Samples}: all calibrate."));
        var roots = plan.Activations.Values.Distinct().ToArray();
        var ranges = Calibration.Run(model, [.. roots.Select(r => r.Name)], request, drawn, preprocessing, cancellation);
        var activations = plan.Activations.Select(a => Coded(a.Key, ranges[Array.IndexOf(roots, a.Value)], request)).ToArray();
        QdqInsertion.Apply(model.Graph, plan, plan.Activations.Keys.Zip(activations).ToDictionary(p => p.First, p => p.Second.Code), request);
        var change = OutputChange.Of(model, request.ModelPath, request.Runtime);
        if (change is null) notes.Add("The file does not tell the sizes of its inputs: the result was loaded, not run.");
        var (recipe, sha256, bytes) = rewrite.Write("quantize", Parameters(request, drawn.Count, data), request.ToolVersion, request.Preprocessing);
        return new QuantisationReport(request.OutPath, sha256, recipe, [.. plan.Layers.Select(l => l.Name)], activations, drawn.Count, rewrite.BytesBefore, bytes, notes) { Change = change };
    }

    private static QuantisedActivation Coded(Value value, (double Low, double High) range, QuantisationRequest request) => new(value.Name, range.Low, range.High,
        request.SymmetricActivations ? AffineCode.Symmetric(range.Low, range.High) : AffineCode.Asymmetric(range.Low, range.High));

    private static ImageDataset Open(Model model, QuantisationRequest request, out Preprocessing? preprocessing)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in model.Metadata) metadata.TryAdd(key, value);
        preprocessing = request.Preprocessing ?? Preprocessing.Find(null, metadata, request.ModelPath);
        var data = DataSpec.Open(request.Data, new DataOptions { Preprocessing = preprocessing, ClassCount = HeadFinder.Find(model, request.Head).Require().ClassCount });
        try
        {
            if (data.Encoding == SampleEncoding.Pixels && preprocessing is null) preprocessing = Preprocessing.Resolve(null, metadata, request.ModelPath);
            if (data.Count == 0) throw new AuditException(AuditCode.Invalid, request.Data, "no samples", "at least one to calibrate on", "Choose another range.");
            return data;
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    private static List<KeyValuePair<string, string>> Parameters(QuantisationRequest request, int samples, ImageDataset data)
    {
        static string N(IFormattable n) => n.ToString(null, CultureInfo.InvariantCulture);
        List<KeyValuePair<string, string>> parameters = [new("method", CalibrationMethods.NameOf(request.Method))];
        if (request.Method == CalibrationMethod.Percentile) parameters.Add(new("percentile", N(request.Percentile)));
        parameters.AddRange(
        [
            new("samples", N(samples)), new("seed", N(request.Seed)), new("data", $"{data.Id} sha256:{data.Digest}"),
            new("activations", request.SymmetricActivations ? "int8 symmetric" : "uint8 asymmetric"),
            new("weights", FormattableString.Invariant($"{(request.AsymmetricWeights ? $"uint{request.WeightBits} asymmetric" : $"int{request.WeightBits} symmetric")} per {(request.PerTensor ? "tensor" : "channel")}")),
            new("batch norm", request.KeepNorms ? "kept" : "folded"),
        ]);
        if (request.Exclude.Count > 0) parameters.Add(new("exclude", string.Join(' ', request.Exclude)));
        parameters.AddRange([new("threads", N(request.Threads)), new("runtime", request.Runtime.Version)]);
        return parameters;
    }

    /// <summary>What <see cref="Run"/> would refuse, found without running: the numbers and, where <paramref name="graph"/> says that the request's model or one with the same layers is there, model and data.</summary>
    /// <exception cref="AuditException">As <see cref="Run"/>.</exception>
    public static void Check(QuantisationRequest request, bool graph)
    {
        if (request.Samples < 1) throw Bad("samples", request.Samples, "1 or more");
        if (request.Batch < 1) throw Bad("batch", request.Batch, "1 or more");
        if (request.WeightBits is not (7 or 8)) throw Bad("weight bits", request.WeightBits, "7 or 8");
        if (!(request.Percentile is > 50 and <= 100)) throw Bad("percentile", request.Percentile, "a number above 50, at most 100");
        if (!graph) return;
        var model = OnnxReader.Read(request.ModelPath);
        var plan = QuantisationPlan.Of(model, request.Exclude);
        if (request.AsymmetricWeights) IntegerWeights.RequireOneZeroPoint(model, plan.Layers, request.PerTensor);
        Open(model, request, out _).Dispose();
    }

    private static AuditException Bad(string what, IFormattable found, string expected) =>
        new(AuditCode.Usage, what, found.ToString(null, CultureInfo.InvariantCulture), expected, "Change the value.");
}
