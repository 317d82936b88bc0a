using System.Buffers.Binary;
using System.Text;

namespace OnnxAudit.Onnx;

/// <summary>
/// Builds one protobuf message as a list of pieces: small fields in buffers of its own, weights as views, so that a length prefix is known
/// before a weight is touched. Known fields must be written in rising order; carried ones are slipped in between.
/// </summary>
internal sealed class WireWriter
{
    private const int LargestCopied = 512;

    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private readonly CarriedFields? _carried;
    private readonly Queue<(int Field, ReadOnlyMemory<byte> Bytes)>? _pending;
    private byte[] _buffer = [];
    private int _start;
    private int _used;

    public WireWriter(CarriedFields? carried = null)
    {
        _carried = carried;
        if (carried is not null) _pending = new(carried.InOrder);
    }

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    public void Integer(int field, long value)
    {
        Tag(field, WireType.Varint);
        Varint(unchecked((ulong)value));
    }

    public void Text(int field, string value)
    {
        Tag(field, WireType.Bytes);
        var length = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)length);
        Encoding.UTF8.GetBytes(value, Room(length));
    }

    /// <summary>A string that is left out when empty, unless the file had it so.</summary>
    public void TextUnlessEmpty(int field, string value)
    {
        if (value.Length > 0 || IsPresent(field)) Text(field, value);
    }

    public void Bytes(int field, ReadOnlyMemory<byte> value)
    {
        Tag(field, WireType.Bytes);
        Varint((ulong)value.Length);
        Piece(value);
    }

    public void Single(int field, float value)
    {
        Tag(field, WireType.Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(Room(4), value);
    }

    public void Singles(int field, ReadOnlySpan<float> values, bool packed)
    {
        if (!packed)
        {
            foreach (var value in values) Single(field, value);
            return;
        }

        Tag(field, WireType.Bytes);
        Varint((ulong)values.Length * 4);
        foreach (var value in values) BinaryPrimitives.WriteSingleLittleEndian(Room(4), value);
    }

    public void Integers(int field, ReadOnlySpan<long> values, bool packed)
    {
        if (!packed)
        {
            foreach (var value in values) Integer(field, value);
            return;
        }

        var length = 0;
        foreach (var value in values) length += VarintLength(unchecked((ulong)value));
        Tag(field, WireType.Bytes);
        Varint((ulong)length);
        foreach (var value in values) Varint(unchecked((ulong)value));
    }

    public void Message(int field, WireWriter message)
    {
        Tag(field, WireType.Bytes);
        message.Finish();
        Varint((ulong)message.Length);
        foreach (var piece in message._pieces) Piece(piece);
    }

    /// <summary>A field of the given number, tag and all, as it stood in a file.</summary>
    public void Raw(int field, ReadOnlyMemory<byte> tagged)
    {
        FlushCarried(field);
        Piece(tagged);
    }

    /// <summary>The pieces in order; nothing can be added afterwards.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Finish()
    {
        FlushCarried(int.MaxValue);
        EndBuffer();
        return _pieces;
    }

    private bool IsPresent(int field) => _carried?.IsPresent(field) ?? false;

    private void Tag(int field, WireType wire)
    {
        FlushCarried(field);
        Varint((uint)field << 3 | (uint)wire);
    }

    private void FlushCarried(int below)
    {
        while (_pending is not null && _pending.TryPeek(out var next) && next.Field < below) Piece(_pending.Dequeue().Bytes);
    }

    private void Varint(ulong value)
    {
        var room = Room(VarintLength(value));
        for (var i = 0; i < room.Length; i++, value >>= 7) room[i] = (byte)(value & 0x7f | (i + 1 < room.Length ? 0x80u : 0));
    }

    private static int VarintLength(ulong value) => (63 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7 + 1;

    private void Piece(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length <= LargestCopied)
        {
            bytes.Span.CopyTo(Room(bytes.Length));
            return;
        }

        EndBuffer();
        _pieces.Add(bytes);
        Length += bytes.Length;
    }

    private Span<byte> Room(int length)
    {
        if (_buffer.Length - _used < length)
        {
            EndBuffer();
            _buffer = new byte[Math.Max(length, Math.Clamp(_buffer.Length * 2, 64, 1 << 16))];
            (_start, _used) = (0, 0);
        }

        _used += length;
        Length += length;
        return _buffer.AsSpan(_used - length, length);
    }

    private void EndBuffer()
    {
        if (_used > _start) _pieces.Add(_buffer.AsMemory(_start, _used - _start));
        _start = _used;
    }
}
