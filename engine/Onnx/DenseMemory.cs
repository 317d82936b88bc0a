using System.Buffers;

namespace OnnxAudit.Onnx;

/// <summary>The dense bytes of a sparse tensor, laid out when first touched. Positions are linear element indices, checked by the reader.</summary>
internal sealed class DenseMemory : MemoryManager<byte>
{
    private readonly int _elementBytes;
    private readonly Lazy<byte[]> _dense;

    public DenseMemory(ReadOnlyMemory<byte> values, Func<int, long> position, int elementBytes, int denseBytes)
    {
        _elementBytes = elementBytes;
        _dense = new Lazy<byte[]>(() => LayOut(values.Span, position, denseBytes));
        Memory = CreateMemory(denseBytes);
    }

    public override Memory<byte> Memory { get; }

    public override Span<byte> GetSpan() => _dense.Value;

    public override MemoryHandle Pin(int elementIndex = 0) => _dense.Value.AsMemory(elementIndex).Pin();

    public override void Unpin()
    {
        // Pin hands out the array's own handle, which unpins itself.
    }

    protected override bool TryGetArray(out ArraySegment<byte> segment)
    {
        segment = _dense.Value;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        // The array is the collector's.
    }

    private byte[] LayOut(ReadOnlySpan<byte> values, Func<int, long> position, int denseBytes)
    {
        var dense = new byte[denseBytes];
        for (var i = 0; i < values.Length / _elementBytes; i++)
            values.Slice(i * _elementBytes, _elementBytes).CopyTo(dense.AsSpan(checked((int)position(i) * _elementBytes)));
        return dense;
    }
}
