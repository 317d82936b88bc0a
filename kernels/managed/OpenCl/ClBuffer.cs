namespace OnnxAudit.Kernels.OpenCl;

/// <summary>Device memory that grows when asked for more and is kept between calls. What it held is lost when it grows.</summary>
internal sealed class ClBuffer(OpenClSession session) : IDisposable
{
    private ClMemory? _memory;
    private long _bytes;

    /// <summary>The memory; <see cref="Hold"/> must have been called.</summary>
    public ClMemory Memory => _memory ?? throw new InvalidOperationException("a buffer that was never given room");

    /// <summary>Makes room for <paramref name="bytes"/> bytes (at least one element: OpenCL knows no empty buffer).</summary>
    /// <exception cref="AuditException">Environment: the device has not that much.</exception>
    public unsafe ClBuffer Hold(long bytes)
    {
        bytes = Math.Max(bytes, 16);
        if (_memory is not null && bytes <= _bytes) return this;
        Dispose();
        int error;
        var memory = ClNative.clCreateBuffer(session.Context, ClCode.ReadWrite, (nuint)bytes, null, &error);
        ClCode.Check(error, FormattableString.Invariant($"clCreateBuffer of {bytes} bytes"), session.Device.Name);
        (_memory, _bytes) = (memory, bytes);
        return this;
    }

    /// <summary>Fills [rows, rowBytes], dense, from host rows <paramref name="stride"/> bytes apart.</summary>
    public unsafe ClBuffer Write(void* host, long rows, long rowBytes, long stride)
    {
        Hold(rows * rowBytes);
        if (rows == 0 || rowBytes == 0) return this;
        if (stride == rowBytes || rows == 1)
        {
            ClCode.Check(ClNative.clEnqueueWriteBuffer(session.Queue, Memory, 1, 0, (nuint)(rows * rowBytes), host, 0, null, null), "clEnqueueWriteBuffer", session.Device.Name);
            return this;
        }

        var origin = stackalloc nuint[3];
        var region = stackalloc nuint[3] { (nuint)rowBytes, (nuint)rows, 1 };
        ClCode.Check(ClNative.clEnqueueWriteBufferRect(session.Queue, Memory, 1, origin, origin, region, (nuint)rowBytes, 0, (nuint)stride, 0, host, 0, null, null),
            "clEnqueueWriteBufferRect", session.Device.Name);
        return this;
    }

    /// <summary>Reads [rows, rowBytes], dense here, into host rows <paramref name="stride"/> bytes apart; what lies between them stays.</summary>
    public unsafe void Read(void* host, long rows, long rowBytes, long stride)
    {
        if (rows == 0 || rowBytes == 0) return;
        if (stride == rowBytes || rows == 1)
        {
            ClCode.Check(ClNative.clEnqueueReadBuffer(session.Queue, Memory, 1, 0, (nuint)(rows * rowBytes), host, 0, null, null), "clEnqueueReadBuffer", session.Device.Name);
            return;
        }

        var origin = stackalloc nuint[3];
        var region = stackalloc nuint[3] { (nuint)rowBytes, (nuint)rows, 1 };
        ClCode.Check(ClNative.clEnqueueReadBufferRect(session.Queue, Memory, 1, origin, origin, region, (nuint)rowBytes, 0, (nuint)stride, 0, host, 0, null, null),
            "clEnqueueReadBufferRect", session.Device.Name);
    }

    /// <summary>Zeroes the first <paramref name="bytes"/> bytes, a multiple of 4.</summary>
    public unsafe ClBuffer Zero(long bytes)
    {
        Hold(bytes);
        uint zero = 0;
        if (bytes > 0) ClCode.Check(ClNative.clEnqueueFillBuffer(session.Queue, Memory, &zero, sizeof(uint), 0, (nuint)bytes, 0, null, null), "clEnqueueFillBuffer", session.Device.Name);
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory?.Dispose();
        (_memory, _bytes) = (null, 0);
    }
}
