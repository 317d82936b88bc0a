namespace OnnxAudit.Kernels.OpenCl;

/// <summary>A kernel of a built program: its arguments are given in order, then it runs.</summary>
internal sealed class ClKernel(OpenClSession session, ClKernelHandle handle, string name) : IDisposable
{
    private uint _next;

    /// <summary>Starts over at the first argument.</summary>
    public ClKernel Begin()
    {
        _next = 0;
        return this;
    }

    /// <summary>The next argument: device memory, or null for a null pointer.</summary>
    public unsafe ClKernel With(ClBuffer? buffer)
    {
        // Work queued with the buffer holds its own reference.
        var memory = buffer is null ? 0 : buffer.Memory.DangerousGetHandle();
        return Set((nuint)sizeof(nint), &memory);
    }

    /// <summary>The next argument: a number.</summary>
    public unsafe ClKernel With<T>(T value)
        where T : unmanaged => Set((nuint)sizeof(T), &value);

    /// <summary>Queues a run over [height, width] work-items in groups of [groupHeight, groupWidth]; sizes are rounded up to whole groups.</summary>
    public unsafe void Run(long width, long height, int groupWidth, int groupHeight)
    {
        if (width == 0 || height == 0) return;
        var global = stackalloc nuint[2] { Whole(width, groupWidth), Whole(height, groupHeight) };
        var local = stackalloc nuint[2] { (nuint)groupWidth, (nuint)groupHeight };
        nint done;
        ClCode.Check(ClNative.clEnqueueNDRangeKernel(session.Queue, handle, 2, null, global, local, 0, null, &done), $"clEnqueueNDRangeKernel {name}", session.Device.Name);
        session.Started(new ClEvent(done));
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private static nuint Whole(long size, int group) => (nuint)((size + group - 1) / group * group);

    private unsafe ClKernel Set(nuint size, void* value)
    {
        ClCode.Check(ClNative.clSetKernelArg(handle, _next, size, value), FormattableString.Invariant($"clSetKernelArg {_next} of {name}"), session.Device.Name);
        _next++;
        return this;
    }
}
