using System.Runtime.InteropServices;

namespace OnnxAudit.Files;

/// <summary>The reading half of <see cref="Lz4Frame"/>: exactly one frame, then the end of the input. Holds one block, whatever the frame claims.</summary>
internal sealed unsafe class Lz4DecompressingStream : Stream
{
    private const uint FrameMagic = 0x184D2204;

    private readonly Stream _input;
    private readonly string _name;
    private readonly byte[] _packed = new byte[1 << 16];
    private nint _context;
    private int _start;
    private int _end;
    private bool _opened;
    private bool _ended;

    internal Lz4DecompressingStream(Stream input, string name)
    {
        (_input, _name) = (input, name);
        SystemLibrary.Lz4.Require();
        if (Lz4Library.Error(Lz4Library.CreateDecompression(out _context, Lz4Library.Version)) is { } error)
            throw new ExternalException($"liblz4: {error}");
    }

    ~Lz4DecompressingStream() => Free();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        if (!_opened) Open();
        if (buffer.IsEmpty) return 0;
        while (!_ended)
        {
            if (_start == _end && !Fill()) throw Damaged("the file ends inside the frame");
            var produced = Step(buffer);
            if (produced > 0) return produced;
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Free();
        GC.SuppressFinalize(this);
        base.Dispose(disposing);
    }

    private void Open()
    {
        _opened = true;
        while (_end < 4 && Fill())
        {
        }

        if (_end < 4 || BitConverter.ToUInt32(_packed, 0) != FrameMagic) throw Damaged("no LZ4 frame at the start");
    }

    private int Step(Span<byte> buffer)
    {
        nuint produced = (nuint)buffer.Length, taken = (nuint)(_end - _start), hint;
        fixed (byte* packed = _packed, target = buffer)
            hint = Lz4Library.Decompress(_context, target, ref produced, packed + _start, ref taken, null);
        if (Lz4Library.Error(hint) is { } error) throw Damaged(error);
        _start += (int)taken;
        if (hint == 0)
        {
            _ended = true;
            if (_start < _end || Fill()) throw Damaged("bytes after the end of the frame");
        }

        return (int)produced;
    }

    private bool Fill()
    {
        if (_start == _end) _start = _end = 0;
        var got = _input.Read(_packed, _end, _packed.Length - _end);
        _end += got;
        return got > 0;
    }

    private AuditException Damaged(string found) => new(AuditCode.Invalid, _name, $"damaged LZ4 data ({found})",
        "one whole LZ4 frame with a matching checksum", "Copy the file again or make the bundle again.");

    private void Free()
    {
        if (_context == 0) return;
        _ = Lz4Library.FreeDecompression(_context);
        _context = 0;
    }
}
