namespace OnnxAudit.Corruptions;

/// <summary>
/// Memory that lasts for one call of a rule and is used again by the next: after the largest call nothing is allocated. Contents are whatever was
/// there. Not for several threads at once.
/// </summary>
public sealed class Scratch<T>
    where T : unmanaged
{
    private T[] _block = [];
    private int _used;
    private int _wanted;

    /// <summary>Room for <paramref name="count"/> values, not cleared.</summary>
    public Span<T> Take(int count)
    {
        _wanted += count;
        if (count > _block.Length - _used) return new T[count];
        _used += count;
        return _block.AsSpan(_used - count, count);
    }

    /// <summary>Takes everything back; the block grows to what the last call wanted.</summary>
    internal void Reset()
    {
        if (_wanted > _block.Length) _block = new T[_wanted];
        (_used, _wanted) = (0, 0);
    }
}
