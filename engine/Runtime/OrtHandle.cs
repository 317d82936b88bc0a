using System.Runtime.InteropServices;

namespace OnnxAudit.Runtime;

/// <summary>Owns one object of the C API; freed by the Release function in its type's slot, see <see cref="OrtRelease"/>.</summary>
internal class OrtHandle : SafeHandle
{
    private readonly OrtApi _api;
    private readonly int _releaseSlot;

    public OrtHandle(OrtApi api, int releaseSlot, nint handle) : base(0, ownsHandle: true)
    {
        (_api, _releaseSlot) = (api, releaseSlot);
        SetHandle(handle);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        _api.Release(_releaseSlot, handle);
        return true;
    }
}

/// <summary>Release functions by slot.</summary>
internal static class OrtRelease
{
    public const int Env = 92;
    public const int Status = 93;
    public const int MemoryInfo = 94;
    public const int Session = 95;
    public const int Value = 96;
    public const int RunOptions = 97;
    public const int TypeInfo = 98;
    public const int TensorInfo = 99;
    public const int SessionOptions = 100;
    public const int CustomOpDomain = 101;
    public const int ModelMetadata = 118;
}

/// <summary>A handle kept from being freed while native code uses it, whatever other threads dispose.</summary>
internal readonly ref struct OrtLease
{
    private readonly SafeHandle _handle;

    /// <summary>Takes the lease.</summary>
    /// <exception cref="ObjectDisposedException">The handle is closed; <paramref name="name"/> says whose it is.</exception>
    public OrtLease(SafeHandle handle, string name)
    {
        var taken = false;
        try
        {
            handle.DangerousAddRef(ref taken);
        }
        catch (ObjectDisposedException)
        {
            throw new ObjectDisposedException(name);
        }

        _handle = handle;
        Value = handle.DangerousGetHandle();
    }

    /// <summary>The native pointer.</summary>
    public nint Value { get; }

    public void Dispose() => _handle.DangerousRelease();
}
