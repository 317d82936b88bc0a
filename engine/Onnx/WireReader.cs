using System.Buffers.Binary;
using System.Globalization;

namespace OnnxAudit.Onnx;

/// <summary>
/// Reads the fields of one protobuf message. After <see cref="Next"/>, <see cref="Field"/> and <see cref="Wire"/> say what came, and one of the
/// typed readers gives the value; a field that nobody asks for is whole in <see cref="Raw"/>. No length is believed before it is checked.
/// </summary>
internal ref struct WireReader
{
    private readonly ReadContext _context;
    private readonly WireBytes _bytes;
    private readonly ReadOnlySpan<byte> _span;
    private readonly string _message;
    private readonly int _depth;
    private int _position;
    private int _start;
    private int _payload;
    private int _payloadLength;
    private ulong _number;

    /// <exception cref="AuditException">Invalid: nested too deep.</exception>
    public WireReader(ReadContext context, WireBytes bytes, string message, int depth)
    {
        (_context, _bytes, _message, _depth) = (context, bytes, message, depth);
        _span = bytes.Memory.Span;
        if (depth > ReadContext.DeepestMessage)
            throw context.Damaged(bytes.Offset, message,
                FormattableString.Invariant($"messages nested over {ReadContext.DeepestMessage} deep"), "fewer");
    }

    public int Field { get; private set; }

    public WireType Wire { get; private set; }

    /// <summary>Depth for a message held in the present field.</summary>
    public readonly int Inner => _depth + 1;

    /// <summary>The present field, tag and all.</summary>
    public readonly WireBytes Raw => Slice(_start, _position - _start);

    /// <summary>Moves to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_position == _span.Length) return false;
        _context.CountField();
        _start = _position;
        ReadTag();
        switch (Wire)
        {
            case WireType.Varint: _number = ReadVarint(); break;
            case WireType.Fixed64: _number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8)); break;
            case WireType.Fixed32: _number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4)); break;
            case WireType.Bytes:
                var length = ReadVarint();
                if (length > (ulong)(_span.Length - _position))
                    throw Wrong(string.Create(CultureInfo.InvariantCulture, $"field {Field} of {length} bytes"),
                        string.Create(CultureInfo.InvariantCulture, $"at most the {_span.Length - _position} that are left"));
                (_payload, _payloadLength) = (_position, (int)length);
                _position += (int)length;
                break;
            case WireType.StartGroup: SkipGroup(Field, 1); break;
            default: throw Wrong($"the end of a group that was not begun (field {Field})", "a field");
        }

        return true;
    }

    /// <summary>A string.</summary>
    public readonly string Text() => _context.Text(Payload(), _message);

    /// <summary>A message's or byte string's content.</summary>
    public readonly WireBytes Payload()
    {
        Expect(WireType.Bytes);
        return Slice(_payload, _payloadLength);
    }

    /// <summary>An int64, int32 or enum.</summary>
    public readonly long Integer()
    {
        Expect(WireType.Varint);
        return unchecked((long)_number);
    }

    /// <summary>An int32 or enum: protobuf keeps the low 32 bits.</summary>
    public readonly int Small() => unchecked((int)Integer());

    /// <summary>A float.</summary>
    public readonly float Single()
    {
        Expect(WireType.Fixed32);
        return BitConverter.UInt32BitsToSingle((uint)_number);
    }

    /// <summary>True for a repeated number given in one piece.</summary>
    public readonly bool IsPacked => Wire == WireType.Bytes;

    /// <summary>An unpacked number's bytes without its tag.</summary>
    public readonly WireBytes Bare(WireType wire)
    {
        Expect(wire);
        var at = _start;
        TryVarint(_span, ref at, out _);
        return Slice(at, _position - at);
    }

    /// <summary>An error at the present field.</summary>
    public readonly AuditException Wrong(string found, string expected) => _context.Damaged(_bytes.Offset + _start, _message, found, expected);

    /// <summary>Reads a varint at <paramref name="position"/> and moves it; false when it is cut off or over ten bytes.</summary>
    public static bool TryVarint(ReadOnlySpan<byte> span, ref int position, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (position >= span.Length) return false;
            var b = span[position++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return shift < 63 || b <= 1;
        }

        return false;
    }

    private void ReadTag()
    {
        var tag = ReadVarint();
        (Field, Wire) = ((int)(tag >> 3), (WireType)(tag & 7));
        if (tag > uint.MaxValue || Field == 0)
            throw Wrong(string.Create(CultureInfo.InvariantCulture, $"tag {tag}"), "a field number from 1 to 536870911");
        if (Wire > WireType.Fixed32) throw Wrong(string.Create(CultureInfo.InvariantCulture, $"wire type {(int)Wire}"), "0 to 5");
    }

    private ulong ReadVarint() => TryVarint(_span, ref _position, out var value) ? value
        : throw Wrong(_position >= _span.Length ? "the end within a number" : "a number of over 64 bits", "a whole varint");

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_span.Length - _position < length) throw Wrong("the end within a number", FormattableString.Invariant($"{length} bytes"));
        _position += length;
        return _span.Slice(_position - length, length);
    }

    private void SkipGroup(int group, int nested)
    {
        if (_depth + nested > ReadContext.DeepestMessage)
            throw Wrong("groups nested too deep", FormattableString.Invariant($"at most {ReadContext.DeepestMessage}"));
        while (_position < _span.Length)
        {
            ReadTag();
            switch (Wire)
            {
                case WireType.Varint: ReadVarint(); break;
                case WireType.Fixed64: Take(8); break;
                case WireType.Fixed32: Take(4); break;
                case WireType.Bytes:
                    var length = ReadVarint();
                    if (length > (ulong)(_span.Length - _position)) throw Wrong("a length that leaves the message", "a field within it");
                    _position += (int)length;
                    break;
                case WireType.StartGroup: SkipGroup(Field, nested + 1); break;
                default:
                    if (Field != group)
                        throw Wrong(FormattableString.Invariant($"the end of group {Field}"),
                            FormattableString.Invariant($"the end of group {group}"));
                    Wire = WireType.StartGroup;
                    return;
            }
        }

        throw Wrong("the end within a group", FormattableString.Invariant($"the end of group {group}"));
    }

    private readonly WireBytes Slice(int start, int length) => new(_bytes.Memory.Slice(start, length), _bytes.Offset + start);

    private readonly void Expect(WireType wire)
    {
        if (Wire != wire) throw Wrong($"field {Field} with wire type {Wire}", $"{wire}");
    }
}
