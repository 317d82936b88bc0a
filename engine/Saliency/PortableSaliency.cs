using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Rules;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;

namespace OnnxAudit.Saliency;

/// <summary>
/// Per-sample filter saliency by standard operators. For every kernel offset (r,s) the shifted input is a slice, and the product of dY [N,g,K/g,PQ] with it
/// [N,g,PQ,C/g] holds the gradients of that offset's weights, sample by sample; their absolute values add up over the offsets. The batch stays a free dimension.
/// </summary>
internal static class PortableSaliency
{
    /// <summary>Emits the profile of every layer and their concatenation, [N,K] float32, in layer order.</summary>
    internal static Value Emit(SaliencyGraph graph, FilterAggregate aggregation)
    {
        var e = graph.Emit;
        var parts = new Value[graph.Sites.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var (site, dy) = (graph.Sites[i], graph.Gradients[i]);
            var sum = site.Kind == FilterKind.Convolution ? Convolution(e, site, dy, aggregation) : Linear(e, site, dy, aggregation);
            var mean = e.Mul(sum, 1.0 / site.Weights);
            if (graph.Scales[i] is { } scales) mean = e.Mul(mean, e.CastLike(e.Constant(Tensor.FromFloats([1, site.Filters], scales)), mean));
            parts[i] = aggregation == FilterAggregate.SignedMean ? mean : e.Add("Abs", [mean]);
        }

        var all = parts.Length == 1 ? parts[0] : e.Add("Concat", [.. parts], NodeAttribute.Of("axis", 1L));
        return e.Add("Cast", [all], NodeAttribute.Of("to", (long)ElementType.Float));
    }

    private static Value Convolution(Emitter e, LayerSite site, Value dy, FilterAggregate aggregation)
    {
        var window = ConvWindow.Of(e, site, dy);
        var groups = site.Node.Int("group", 1);
        var positions = window.OutputSizes.Aggregate(1L, (a, b) => a * b);
        var grouped = e.Reshape(dy, -1, groups, site.Filters / groups, positions);
        var padded = Taps.Padded(e, site.Input, window.Walk);
        var terms = new List<Value>();
        foreach (var offset in Taps.Offsets(window.KernelSizes))
        {
            var columns = e.Reshape(Taps.Shifted(e, padded, window.Walk, window.OutputSizes, offset), -1, groups, site.Dims[1], positions);
            var gradients = e.Add("MatMul", [grouped, e.Transpose(columns, 0, 1, 3, 2)]);
            terms.Add(e.ReduceSum(aggregation == FilterAggregate.MeanAbs ? e.Add("Abs", [gradients]) : gradients, [3], keep: false));
        }

        var sum = terms.Count == 1 ? terms[0] : e.Add("Sum", [.. terms]);
        return e.Reshape(sum, -1, site.Filters);
    }

    private static Value Linear(Emitter e, LayerSite site, Value dy, FilterAggregate aggregation)
    {
        var rank = e.RankOf(dy);
        if (rank == 2)
        {
            var x = aggregation == FilterAggregate.MeanAbs ? e.Add("Abs", [site.Input]) : site.Input;
            var rows = e.ReduceSum(x, [1], keep: true);
            return e.Mul(aggregation == FilterAggregate.MeanAbs ? e.Add("Abs", [dy]) : dy, rows);
        }

        var (tokens, features) = Tokens(e, site, dy);
        var gradients = e.Add("MatMul", [tokens, features]);
        return e.ReduceSum(aggregation == FilterAggregate.MeanAbs ? e.Add("Abs", [gradients]) : gradients, [2], keep: false);
    }

    /// <summary>dY as [N,K,T] and X as [N,T,M] for a linear layer applied at T places a sample.</summary>
    internal static (Value Gradients, Value Inputs) Tokens(Emitter e, LayerSite site, Value dy)
    {
        var rows = e.Add("Reshape", [dy, e.Ints(0, -1, site.Filters)]);
        return (e.Transpose(rows, 0, 2, 1), e.Add("Reshape", [site.Input, e.Ints(0, -1, site.Weights)]));
    }
}
