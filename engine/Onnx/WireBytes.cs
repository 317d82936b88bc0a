namespace OnnxAudit.Onnx;

/// <summary>Bytes of a protobuf message and where they stand in the file, for messages.</summary>
internal readonly record struct WireBytes(ReadOnlyMemory<byte> Memory, long Offset)
{
    public int Length => Memory.Length;

    /// <summary>Two pieces of one singular message field: protobuf merges them, which is what reading them end to end does.</summary>
    public static WireBytes Join(WireBytes? first, WireBytes next)
    {
        if (first is not { } head) return next;
        var both = new byte[checked(head.Length + next.Length)];
        head.Memory.CopyTo(both);
        next.Memory.CopyTo(both.AsMemory(head.Length));
        return new WireBytes(both, head.Offset);
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
