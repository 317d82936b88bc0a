using System.Numerics.Tensors;

namespace OnnxAudit.Saliency;

/// <summary>A sample near another in saliency space.</summary>
/// <param name="Sample">Its row.</param>
/// <param name="Cosine">Cosine similarity of the standardised profiles, −1 to 1.</param>
public readonly record struct SaliencyNeighbour(long Sample, double Cosine);

/// <summary>
/// Nearest neighbours by cosine similarity of standardised profiles, over all filters or a part of them, in one pass over the profiles; the query itself is
/// left out, equal similarities go by row. Memory: the queries' profiles. Source: saliency.md §9 and §10.
/// </summary>
public sealed class SaliencyNeighbours
{
    private readonly (long Row, float[] Profile, List<SaliencyNeighbour> Best)[] _queries;
    private readonly int _count;
    private readonly int _first;
    private readonly int _filters;

    /// <summary>Looks for the <paramref name="count"/> nearest of every query, comparing <paramref name="filters"/> filters from <paramref name="first"/> on.</summary>
    /// <param name="queries">Rows and their whole profiles, [K] each.</param>
    /// <param name="count">Neighbours wanted, ≥ 1.</param>
    /// <param name="first">First filter compared.</param>
    /// <param name="filters">Filters compared, ≥ 1.</param>
    public SaliencyNeighbours(IEnumerable<(long Row, float[] Profile)> queries, int count, int first, int filters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(filters, 1);
        (_count, _first, _filters) = (count, first, filters);
        _queries = [.. queries.Select(q => (q.Row, q.Profile.AsSpan(first, filters).ToArray(), new List<SaliencyNeighbour>(count + 1)))];
    }

    /// <summary>The early half of the layers (the middle one included) or the rest: first filter and number of filters.</summary>
    public static (int First, int Filters) Part(IReadOnlyList<FilterLayer> layers, bool early)
    {
        if (layers.Count < 2) throw new ArgumentException("one layer has no halves", nameof(layers));
        var split = layers[Math.Min(layers.Count / 2, layers.Count - 2)];
        var (boundary, all) = (split.First + split.Filters, layers[^1].First + layers[^1].Filters);
        return early ? (0, boundary) : (boundary, all - boundary);
    }

    /// <summary>Takes rows of profiles [n,K] as they come; <paramref name="row"/> is the first one's number.</summary>
    public void Take(ReadOnlySpan<float> profiles, int filters, long row)
    {
        for (var at = 0; at < profiles.Length; at += filters, row++)
        {
            var profile = profiles.Slice(at + _first, _filters);
            foreach (var (query, wanted, best) in _queries)
                if (query != row) Offer(best, new SaliencyNeighbour(row, Cosine(wanted, profile)));
        }
    }

    /// <summary>The neighbours of a query found so far, nearest first.</summary>
    public IReadOnlyList<SaliencyNeighbour> Of(long query) => Array.Find(_queries, q => q.Row == query).Best;

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var scale = TensorPrimitives.Norm(a) * (double)TensorPrimitives.Norm(b);
        return scale > 0 ? TensorPrimitives.Dot(a, b) / scale : 0;
    }

    private void Offer(List<SaliencyNeighbour> best, SaliencyNeighbour candidate)
    {
        if (best.Count == _count && candidate.Cosine <= best[^1].Cosine) return;
        var at = best.FindIndex(b => candidate.Cosine > b.Cosine);
        best.Insert(at < 0 ? best.Count : at, candidate);
        if (best.Count > _count) best.RemoveAt(_count);
    }
}
