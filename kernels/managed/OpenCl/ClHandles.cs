using System.Runtime.InteropServices;

namespace OnnxAudit.Kernels.OpenCl;

/// <summary>An OpenCL object that is released once, whatever happens.</summary>
internal abstract class ClHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;
}

/// <summary>cl_context.</summary>
internal sealed class ClContext : ClHandle
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => ClNative.clReleaseContext(handle) == 0;
}

/// <summary>cl_command_queue.</summary>
internal sealed class ClQueueHandle : ClHandle
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => ClNative.clReleaseCommandQueue(handle) == 0;
}

/// <summary>cl_program.</summary>
internal sealed class ClProgramHandle : ClHandle
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => ClNative.clReleaseProgram(handle) == 0;
}

/// <summary>cl_kernel.</summary>
internal sealed class ClKernelHandle : ClHandle
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => ClNative.clReleaseKernel(handle) == 0;
}

/// <summary>cl_mem.</summary>
internal sealed class ClMemory : ClHandle
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => ClNative.clReleaseMemObject(handle) == 0;
}

/// <summary>cl_event.</summary>
internal sealed class ClEvent : ClHandle
{
    /// <summary>Takes over an event that an enqueue gave.</summary>
    public ClEvent(nint done) => SetHandle(done);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => ClNative.clReleaseEvent(handle) == 0;
}
