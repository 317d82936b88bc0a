using System.Globalization;
using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Compression.Structured;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression.Factorisation;

/// <summary>The factorize operation: layers become pairs of thinner ones where that saves weights; run beside the parent before it is written.</summary>
public static class Factorising
{
    /// <summary>Factorises, runs and writes. The same input gives the same bytes.</summary>
    /// <exception cref="AuditException">Usage: numbers out of range, an exclusion that fits nothing, files that are one. Invalid: no layer gets smaller, weights that are not finite.</exception>
    public static FactorisationReport Run(FactorisationRequest request, CancellationToken cancellation = default)
    {
        Check(request, graph: false);
        var rewrite = ModelRewrite.Open(request.ModelPath, request.OutPath);
        var (model, notes) = (rewrite.Model, rewrite.Notes);
        if (request.FoldNorms && BatchNormFolding.Fold(model) is { Count: > 0 } folded)
        {
            GraphTrim.Trim(model.Graph);
            notes.Add(FormattableString.Invariant($"{folded.Count} batch normalisations were folded into their convolutions."));
        }

        var kept = new List<WholeLayer>();
        var made = Factorised(model, request, kept, cancellation);
        GraphTrim.Trim(model.Graph);
        var change = OutputChange.Of(model, request.ModelPath, request.Runtime);
        if (change is null) notes.Add("The file does not tell the sizes of its inputs: the result was loaded, not run.");
        var before = change is null ? null : ModelCost.Of(OnnxReader.Read(request.ModelPath), request.Runtime);
        var after = change is null ? null : ModelCost.Of(model, request.Runtime);
        var (recipe, sha256, bytes) = rewrite.Write("factorize", Parameters(request), request.ToolVersion);
        return new FactorisationReport(request.OutPath, sha256, recipe, made, kept, before, after, rewrite.BytesBefore, bytes, change, notes);
    }

    /// <summary>What <see cref="Run"/> would refuse, found without running: the numbers and, where <paramref name="graph"/> says that the request's model or one with the same layers is there, its layers.</summary>
    /// <exception cref="AuditException">As <see cref="Run"/>, but for layers that energy leaves no smaller, which takes the work to find.</exception>
    public static void Check(FactorisationRequest request, bool graph)
    {
        var given = (request.Energy is null ? 0 : 1) + (request.Rank is null ? 0 : 1) + (request.Ratio is null ? 0 : 1);
        if (given != 1) throw new AuditException(AuditCode.Usage, "factorisation", given == 0 ? "neither energy nor rank nor ratio" : "more than one of energy, rank and ratio", "exactly one", "Choose one.");
        if (request.Energy is { } energy && !(energy is > 0 and <= 1)) throw Bad("energy", energy, "a number above 0, at most 1");
        if (request.Rank is < 1 and var rank) throw Bad("rank", rank, "1 or more");
        if (request.Ratio is { } ratio && !(ratio is > 0 and < 1)) throw Bad("ratio", ratio, "a number above 0 and below 1");
        if (!graph) return;
        var model = OnnxReader.Read(request.ModelPath);
        var kept = new List<WholeLayer>();
        var whole = Candidates(model, request, kept).Where(l => Smallest(l, request) is null).Select(l => Whole(l, request)).ToArray();
        if (whole.Length + kept.Count == LayerChoice.Of(model, request.Exclude).Layers.Count) throw NothingSmaller(model, [.. whole, .. kept]);
    }

    private static List<FactorisedLayer> Factorised(Model model, FactorisationRequest request, List<WholeLayer> kept, CancellationToken cancellation)
    {
        var made = new List<FactorisedLayer>();
        var factors = new LayerFactors(model.Graph);
        // One decomposition for layers that share a weight and read it alike.
        foreach (var group in Candidates(model, request, kept).GroupBy(l => (l.Node.Input(1), l.Node.Is("Conv"), l.Axis)).Select(g => g.ToArray()).ToArray())
        {
            cancellation.ThrowIfCancellationRequested();
            var layer = group[0];
            var (rows, columns) = LayerFactors.SidesOf(layer);
            if (Smallest(layer, request) is not { } rank)
            {
                kept.Add(Whole(layer, request));
                continue;
            }

            var weight = layer.Weight.ToFloats();
            if (weight.FirstOrDefault(w => !float.IsFinite(w)) is not 0 and var odd)
                throw new AuditException(AuditCode.Invalid, $"{model.Source}, weight '{layer.WeightName}'", FormattableString.Invariant($"{odd}"), "finite weights", "Exclude the layer.");
            var product = LowRank.Of(weight, rows, columns, request.Energy is null ? rank : null, request.Energy ?? 1, request.Threads);
            var after = (long)product.Rank * (rows + columns);
            if (after >= weight.Length)
            {
                kept.Add(new WholeLayer(layer.Name, FormattableString.Invariant($"rank {product.Rank} of {Math.Min(rows, columns)}, which that energy takes, saves no weights")));
                continue;
            }

            made.Add(new FactorisedLayer(layer.Name, layer.Node.OpType, layer.Weight.Dims.ToArray(), product.Rank, Math.Min(rows, columns), product.Energy, weight.Length, after));
            foreach (var one in group) factors.Replace(one, product);
        }

        return made.Count > 0 ? made : throw NothingSmaller(model, kept);
    }

    // Layers that may become two; grouped convolutions and the classifier head stay, with the reason.
    private static List<QuantisableLayer> Candidates(Model model, FactorisationRequest request, List<WholeLayer> kept)
    {
        var head = request.IncludeHead ? null : HeadFinder.Find(model, request.Head).Head?.Node;
        var layers = new List<QuantisableLayer>();
        foreach (var layer in LayerChoice.Of(model, request.Exclude).Layers)
        {
            if (layer.Node == head) kept.Add(new WholeLayer(layer.Name, "the classifier head: its rows are the class directions (--include-head)"));
            else if (layer.Node.Int("group", 1) != 1) kept.Add(new WholeLayer(layer.Name, "a grouped convolution"));
            else layers.Add(layer);
        }

        return layers;
    }

    /// <summary>The rank that numbers alone ask for, 1 for an energy; null where it takes as many weights as the layer has.</summary>
    private static int? Smallest(QuantisableLayer layer, FactorisationRequest request)
    {
        var (rows, columns) = LayerFactors.SidesOf(layer);
        var (all, each) = ((long)rows * columns, (long)rows + columns);
        var rank = request.Rank ?? (request.Ratio is { } ratio ? (int)Math.Floor(ratio * all / each + 1e-9) : 1);
        return rank >= 1 && rank * each < all ? rank : null;
    }

    private static WholeLayer Whole(QuantisableLayer layer, FactorisationRequest request)
    {
        var (rows, columns) = LayerFactors.SidesOf(layer);
        return new WholeLayer(layer.Name, FormattableString.Invariant($"rank {request.Rank ?? 1} of {Math.Min(rows, columns)} saves no weights"));
    }

    private static List<KeyValuePair<string, string>> Parameters(FactorisationRequest request)
    {
        static string N(IFormattable n) => n.ToString(null, CultureInfo.InvariantCulture);
        List<KeyValuePair<string, string>> parameters =
        [
            request.Energy is { } energy ? new("energy", N(energy)) : request.Rank is { } rank ? new("rank", N(rank)) : new("ratio", N(request.Ratio!.Value)),
            new("head", request.IncludeHead ? "factorised" : "kept"), new("batch norm", request.FoldNorms ? "folded" : "kept"),
        ];
        if (request.Exclude.Count > 0) parameters.Add(new("exclude", string.Join(' ', request.Exclude)));
        return parameters;
    }

    private static AuditException NothingSmaller(Model model, List<WholeLayer> kept) => new(AuditCode.Invalid, model.Source,
        $"no layer that gets smaller{(kept.Count > 0 ? $" (of {kept.Count.ToString(CultureInfo.InvariantCulture)}; {kept[0].Layer}: {kept[0].Why}{(kept.Count > 1 ? ", …" : "")})" : "")}", "a layer whose factors hold fewer weights", "Choose a lower energy, rank or ratio.");

    private static AuditException Bad(string what, IFormattable found, string expected) =>
        new(AuditCode.Usage, what, found.ToString(null, CultureInfo.InvariantCulture), expected, "Change the value.");
}
