using System.Runtime.InteropServices;

namespace OnnxAudit.Files;

/// <summary>The writing half of <see cref="Lz4Frame"/>. Content is cut into whole blocks here, so the bytes out do not depend on the writes in.</summary>
internal sealed unsafe class Lz4CompressingStream : Stream
{
    private const int BlockBytes = 64 << 10;
    private const int BlockSize64K = 4;
    private const int IndependentBlocks = 1;

    private readonly Stream _output;
    private readonly byte[] _block = new byte[BlockBytes];
    private readonly byte[] _packed;
    private nint _context;
    private int _filled;

    internal Lz4CompressingStream(Stream output)
    {
        _output = output;
        SystemLibrary.Lz4.Require();
        var preferences = new Lz4Library.Preferences
        {
            BlockSize = BlockSize64K,
            BlockMode = IndependentBlocks,
            ContentChecksum = 1,
            AutoFlush = 1,
        };
        Check(Lz4Library.CreateCompression(out _context, Lz4Library.Version));
        _packed = new byte[Math.Max(64, (int)Lz4Library.CompressBound(BlockBytes, in preferences))];
        fixed (byte* packed = _packed) Emit(Lz4Library.CompressBegin(_context, packed, (nuint)_packed.Length, in preferences));
    }

    ~Lz4CompressingStream() => Free();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        while (!buffer.IsEmpty)
        {
            var take = Math.Min(buffer.Length, BlockBytes - _filled);
            buffer[..take].CopyTo(_block.AsSpan(_filled));
            buffer = buffer[take..];
            _filled += take;
            if (_filled == BlockBytes) FlushBlock();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Does nothing: a block is written when it is full, the last one on disposal.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        try
        {
            if (disposing && _context != 0)
            {
                if (_filled > 0) FlushBlock();
                fixed (byte* packed = _packed) Emit(Lz4Library.CompressEnd(_context, packed, (nuint)_packed.Length, null));
            }
        }
        finally
        {
            Free();
            GC.SuppressFinalize(this);
            base.Dispose(disposing);
        }
    }

    private void FlushBlock()
    {
        fixed (byte* packed = _packed, block = _block)
            Emit(Lz4Library.CompressUpdate(_context, packed, (nuint)_packed.Length, block, (nuint)_filled, null));
        _filled = 0;
    }

    private void Emit(nuint written)
    {
        Check(written);
        _output.Write(_packed, 0, (int)written);
    }

    private static void Check(nuint result)
    {
        if (Lz4Library.Error(result) is { } error) throw new ExternalException($"liblz4: {error}");
    }

    private void Free()
    {
        if (_context == 0) return;
        _ = Lz4Library.FreeCompression(_context);
        _context = 0;
    }
}
