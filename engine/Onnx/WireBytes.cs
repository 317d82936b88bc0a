namespace OnnxAudit.Onnx;

/// <summary>Bytes of a protobuf message and where they stand in the file, for messages.</summary>
internal readonly record struct WireBytes(ReadOnlyMemory<byte> Memory, long Offset)
{
    public int Length => Memory.Length;
}

/// <summary>The pieces of one singular message field: protobuf merges them, which is what reading them end to end does.</summary>
internal sealed class WirePieces
{
    private readonly List<WireBytes> _pieces = [];

    public bool Any => _pieces.Count > 0;

    public void Add(WireBytes piece) => _pieces.Add(piece);

    /// <summary>All pieces as one; a lone one is not copied.</summary>
    public WireBytes Join()
    {
        if (_pieces.Count == 1) return _pieces[0];
        var joined = new byte[checked((int)_pieces.Sum(p => (long)p.Length))];
        var at = 0;
        foreach (var piece in _pieces)
        {
            piece.Memory.CopyTo(joined.AsMemory(at));
            at += piece.Length;
        }

        return new WireBytes(joined, _pieces[0].Offset);
    }
}

/// <summary>Protobuf wire types.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    StartGroup = 3,
    EndGroup = 4,
    Fixed32 = 5,
}
