using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace OnnxAudit.Runtime;

/// <summary>One execution of a node of a custom operator: its tensors, where they stand, and the threads of the session. Of no use once the execution has ended.</summary>
public readonly unsafe struct CustomCall
{
    private const string Where = "a custom operator";

    private readonly OrtApi _api;
    private readonly nint _context;

    internal CustomCall(OrtApi api, nint context) => (_api, _context) = (api, context);

    /// <summary>Input <paramref name="index"/> and its shape; nothing and no shape when the node leaves it out.</summary>
    public ReadOnlySpan<float> Input(int index, out long[]? dims)
    {
        nint value, raw;
        void* data;
        OrtStatus.Check(_api, _api.KernelContextGetInput(_context, (nuint)index, &value), Where);
        dims = null;
        if (value == 0) return [];
        OrtStatus.Check(_api, _api.GetTensorTypeAndShape(value, &raw), Where);
        using var info = new OrtHandle(_api, OrtRelease.TensorInfo, raw);
        nuint rank;
        OrtStatus.Check(_api, _api.GetDimensionsCount(raw, &rank), Where);
        dims = new long[(int)rank];
        fixed (long* d = dims) OrtStatus.Check(_api, _api.GetDimensions(raw, d, rank), Where);
        OrtStatus.Check(_api, _api.GetTensorMutableData(value, &data), Where);
        return new ReadOnlySpan<float>(data, checked((int)Graphs.Tensor.CountOf(dims)));
    }

    /// <summary>Makes output <paramref name="index"/>; nothing when the node leaves it out. Its elements hold anything until they are written.</summary>
    public Span<float> Output(int index, ReadOnlySpan<long> dims)
    {
        nint value;
        void* data;
        fixed (long* d = dims) OrtStatus.Check(_api, _api.KernelContextGetOutput(_context, (nuint)index, d, (nuint)dims.Length, &value), Where);
        if (value == 0) return [];
        OrtStatus.Check(_api, _api.GetTensorMutableData(value, &data), Where);
        return new Span<float>(data, checked((int)Graphs.Tensor.CountOf(dims)));
    }

    /// <summary>
    /// Runs <paramref name="body"/> for 0 to <paramref name="count"/> − 1 on the session's own threads, which otherwise would spin beside any others. What a
    /// body throws is thrown here once all have ended; the bodies not begun by then are left out.
    /// </summary>
    public void Parallel(int count, Action<int> body)
    {
        var work = new Work(body);
        var handle = GCHandle.Alloc(work);
        try
        {
            OrtStatus.Check(_api, _api.KernelContextParallelFor(_context, &Work.Run, (nuint)count, 0, GCHandle.ToIntPtr(handle)), Where);
        }
        finally
        {
            handle.Free();
        }

        if (work.Failure is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    private sealed class Work(Action<int> body)
    {
        private Exception? _failure;

        public Exception? Failure => Volatile.Read(ref _failure);

        // An exception must not cross the runtime's frames.
        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        public static void Run(nint work, nuint index)
        {
            var self = (Work)GCHandle.FromIntPtr(work).Target!;
            if (self.Failure is not null) return;
            try
            {
                self.Invoke((int)index);
            }
#pragma warning disable CA1031 // whatever it is, it is thrown on the other side
            catch (Exception e)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref self._failure, e, null);
            }
        }

        private void Invoke(int index) => body(index);
    }
}
