using OnnxAudit.Kernels;

namespace OnnxAudit.Saliency;

/// <summary>A sample near another in saliency space.</summary>
/// <param name="Sample">Its row.</param>
/// <param name="Cosine">Cosine similarity of the standardised profiles, −1 to 1.</param>
public readonly record struct SaliencyNeighbour(long Sample, double Cosine);

/// <summary>
/// Nearest neighbours by cosine similarity of standardised profiles, over all filters or a part of them, in one pass over the profiles; the query itself is
/// left out, equal similarities go by row. Memory: the queries' profiles and a block. Source: saliency.md §9 and §10.
/// </summary>
public sealed class SaliencyNeighbours
{
    private static readonly ArgumentForm<CosineKnnArguments> Form = CosineKnn.Forms.First(f => f.Supported);

    private readonly (long Row, List<SaliencyNeighbour> Best)[] _queries;
    private readonly float[] _profiles;
    private readonly int[] _index;
    private readonly float[] _similarity;
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
        var given = queries.ToArray();
        _queries = [.. given.Select(q => (q.Row, new List<SaliencyNeighbour>(count + 1)))];
        _profiles = [.. given.SelectMany(q => q.Profile.AsSpan(first, filters).ToArray())];
        (_index, _similarity) = (new int[given.Length * (count + 1)], new float[given.Length * (count + 1)]);
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
        var rows = profiles.Length / filters;
        var part = new float[rows * _filters];
        for (var i = 0; i < rows; i++) profiles.Slice(i * filters + _first, _filters).CopyTo(part.AsSpan(i * _filters));
        var wanted = _count + 1; // one more than asked for, because the query may be among them
        CosineKnn.Nearest(Form, _profiles, part, _filters, wanted, -1, _index, _similarity, threads: 1);
        for (var q = 0; q < _queries.Length; q++)
            for (var k = q * wanted; k < (q + 1) * wanted && _index[k] >= 0; k++)
                if (row + _index[k] != _queries[q].Row) Offer(_queries[q].Best, new SaliencyNeighbour(row + _index[k], _similarity[k]));
    }

    /// <summary>The neighbours of a query found so far, nearest first.</summary>
    public IReadOnlyList<SaliencyNeighbour> Of(long query) => Array.Find(_queries, q => q.Row == query).Best;

    private void Offer(List<SaliencyNeighbour> best, SaliencyNeighbour candidate)
    {
        if (best.Count == _count && candidate.Cosine <= best[^1].Cosine) return;
        var at = best.FindIndex(b => candidate.Cosine > b.Cosine);
        best.Insert(at < 0 ? best.Count : at, candidate);
        if (best.Count > _count) best.RemoveAt(_count);
    }
}
