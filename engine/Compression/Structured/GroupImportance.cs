using OnnxAudit.Graphs;
using OnnxAudit.Kernels;

namespace OnnxAudit.Compression.Structured;

/// <summary>Importance of channel groups: that of its members averaged, then divided by the mean over the layer set, so that sets can be compared.</summary>
internal static class GroupImportance
{
    /// <summary>Importance by group root. Groups that a criterion says nothing of (no batch normalisation) are missing.</summary>
    /// <param name="walk">The walk.</param>
    /// <param name="sets">Its layer sets.</param>
    /// <param name="criterion">The criterion.</param>
    /// <param name="seed">Seed of random numbers.</param>
    /// <param name="products">w·g of each layer's weights, for the criteria that take gradients.</param>
    /// <exception cref="AuditException">Invalid: NaN.</exception>
    public static IReadOnlyDictionary<int, double> Of(
        ChannelWalk walk, IReadOnlyList<LayerSet> sets, StructuredCriterion criterion, ulong seed, Func<LayerFilters, ReadOnlyMemory<float>>? products)
    {
        var importance = new Dictionary<int, double>();
        var scales = criterion == StructuredCriterion.NormScale ? Means(walk.Scales.SelectMany(s => s.Ids.Zip(TensorSlices.Sums(s.Scale, 0, s.Scale.ToFloats(), v => Math.Abs(v)))), walk) : [];
        foreach (var set in sets)
        {
            Dictionary<int, double> own = criterion switch
            {
                StructuredCriterion.NormScale => set.Groups.Where(g => scales.ContainsKey(g.Root)).ToDictionary(g => g.Root, g => scales[g.Root]),
                StructuredCriterion.Random => Drawn(set, seed),
                _ => Means(set.Layers.SelectMany(l => l.Ids.Zip(OfFilters(l, criterion, products))), walk),
            };
            if (own.Count == 0) continue;
            var mean = own.Values.Average();
            if (double.IsNaN(mean))
                throw new AuditException(AuditCode.Invalid, $"layer '{set.Name}'", $"an importance that is not a number, by criterion {StructuredCriteria.NameOf(criterion)}", "finite weights and gradients", "Repair the model, or exclude the layer.");
            foreach (var (root, value) in own) importance[root] = mean > 0 && criterion != StructuredCriterion.Random ? value / mean : value;
        }

        return importance;
    }

    private static IEnumerable<double> OfFilters(LayerFilters layer, StructuredCriterion criterion, Func<LayerFilters, ReadOnlyMemory<float>>? products) => criterion switch
    {
        StructuredCriterion.L1 => TensorSlices.Sums(layer.Weight, layer.Axis, layer.Weight.ToFloats(), w => Math.Abs(w)),
        StructuredCriterion.L2 => TensorSlices.Sums(layer.Weight, layer.Axis, layer.Weight.ToFloats(), w => (double)w * w),
        StructuredCriterion.Taylor => TensorSlices.Sums(layer.Weight, layer.Axis, products!(layer).Span, p => Math.Abs(p)),
        StructuredCriterion.TaylorSum => TensorSlices.Sums(layer.Weight, layer.Axis, products!(layer).Span, p => p).Select(s => s * s),
        _ => throw new ArgumentOutOfRangeException(nameof(criterion)),
    };

    private static Dictionary<int, double> Means(IEnumerable<(int Id, double Value)> members, ChannelWalk walk) =>
        members.GroupBy(m => walk.Ids.Root(m.Id), m => m.Value).ToDictionary(g => g.Key, g => g.Average());

    // Depends on seed, name of the set and place in it alone.
    private static Dictionary<int, double> Drawn(LayerSet set, ulong seed)
    {
        var draws = Philox.For(seed, "shrink.random/" + set.Layers[0].WeightName);
        return set.Groups.Select((g, i) => (g.Root, Value: Philox.ToUnit(draws.Words((ulong)i, 0).A))).ToDictionary(p => p.Root, p => (double)p.Value);
    }
}
