namespace OnnxAudit.Compression.Structured;

/// <summary>Identities of channels. Tied identities are removed together or not at all; one that is kept keeps all it is tied to.</summary>
internal sealed class ChannelIds
{
    private readonly List<int> _parents = [];
    private readonly List<string?> _reasons = [];

    /// <summary>How many there are; they are numbered from 0.</summary>
    public int Count => _parents.Count;

    /// <summary>New identities, tied to nothing.</summary>
    public int[] Fresh(int count)
    {
        var ids = Enumerable.Range(_parents.Count, count).ToArray();
        _parents.AddRange(ids);
        _reasons.AddRange(new string?[count]);
        return ids;
    }

    /// <summary>The smallest identity tied to this one: it stands for all of them.</summary>
    public int Root(int id)
    {
        while (_parents[id] != id) id = _parents[id] = _parents[_parents[id]];
        return id;
    }

    /// <summary>Ties two identities.</summary>
    public void Tie(int a, int b)
    {
        (a, b) = (Root(a), Root(b));
        if (a == b) return;
        if (a > b) (a, b) = (b, a);
        _parents[b] = a;
        _reasons[a] ??= _reasons[b];
    }

    /// <summary>Ties two lists, place by place.</summary>
    public void Tie(int[] a, int[] b)
    {
        for (var i = 0; i < a.Length; i++) Tie(a[i], b[i]);
    }

    /// <summary>Says that identities must stay, and why. The first reason given is remembered.</summary>
    public void Keep(IEnumerable<int> ids, string why)
    {
        foreach (var id in ids) _reasons[Root(id)] ??= why;
    }

    /// <summary>Why an identity must stay; null when it may go.</summary>
    public string? ReasonToKeep(int id) => _reasons[Root(id)];
}
