namespace OnnxAudit.Compression.Structured;

/// <summary>Which channels go.</summary>
internal sealed class Removal
{
    private readonly bool[] _gone;

    /// <summary>Removes every channel whose group's root is in <paramref name="roots"/>.</summary>
    public Removal(ChannelIds ids, IReadOnlySet<int> roots) => _gone = [.. Enumerable.Range(0, ids.Count).Select(id => roots.Contains(ids.Root(id)))];

    /// <summary>Whether a channel goes.</summary>
    public bool Takes(int id) => _gone[id];

    /// <summary>Whether any of them goes.</summary>
    public bool TakesAny(ReadOnlySpan<int> ids)
    {
        foreach (var id in ids)
            if (_gone[id]) return true;
        return false;
    }

    /// <summary>Places in a list whose channels stay, or go.</summary>
    public int[] Places(int[] ids, bool gone) => [.. Enumerable.Range(0, ids.Length).Where(i => _gone[ids[i]] == gone)];

    /// <summary>How many of them stay.</summary>
    public int Kept(ReadOnlySpan<int> ids)
    {
        var kept = 0;
        foreach (var id in ids)
            if (!_gone[id]) kept++;
        return kept;
    }
}
