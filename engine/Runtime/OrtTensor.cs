using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OnnxAudit.Graphs;

namespace OnnxAudit.Runtime;

/// <summary>
/// A tensor that ONNX Runtime reads or writes where it stands, without copies: over given memory, over memory of its own, or a result of a run.
/// Its memory is pinned until it is disposed; spans taken from it must not outlive it, so dispose it with using rather than leave it to the
/// collector. <see cref="OrtLibrary.Load"/> comes before the first tensor.
/// </summary>
public sealed unsafe class OrtTensor : IDisposable
{
    private const nuint Alignment = 64;

    private readonly OrtValueHandle _handle;
    private readonly long[] _dims;
    private readonly void* _data;
    private readonly long _length;
    private readonly string _origin;

    private OrtTensor(OrtValueHandle handle, ElementType type, long[] dims, void* data, string origin, bool isReadOnly = false)
    {
        (_handle, Type, _dims, _origin, IsReadOnly) = (handle, type, dims, origin, isReadOnly);
        _data = data;
        Count = Tensor.CountOf(dims);
        _length = type is ElementType.String ? 0 : type.ByteLength(Count);
    }

    /// <summary>Element type.</summary>
    public ElementType Type { get; }

    /// <summary>Shape; empty for a scalar.</summary>
    public ReadOnlySpan<long> Dims => _dims;

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>True over a constant, whose memory may be pages of a file that cannot be written: <see cref="Span{T}"/> and RunInto refuse it.</summary>
    public bool IsReadOnly { get; }

    /// <summary>The bytes, little-endian, C order.</summary>
    /// <exception cref="ObjectDisposedException">The tensor is disposed.</exception>
    /// <exception cref="AuditException">Invalid: strings have no bytes, or there are more than 2 GiB of them.</exception>
    public ReadOnlySpan<byte> Bytes => Memory();

    /// <summary>A tensor over <paramref name="memory"/>, which stays pinned until disposal. Later changes of the memory are seen by later runs.</summary>
    /// <param name="memory">Elements in C order: float, Half, double, bool or an integer type.</param>
    /// <param name="dims">Shape; its product is the memory's length.</param>
    /// <exception cref="ArgumentException">Memory and shape disagree, or T is no element type.</exception>
    public static OrtTensor Over<T>(Memory<T> memory, ReadOnlySpan<long> dims) where T : unmanaged
    {
        var type = TypeOf<T>();
        if (type is ElementType.Undefined) throw new ArgumentException($"{typeof(T).Name} is no element type", nameof(memory));
        return Pinned(memory.Pin(), type, dims, (long)memory.Length * sizeof(T));
    }

    /// <summary>A tensor of any numeric type over its bytes, as <see cref="Over{T}(Memory{T}, ReadOnlySpan{long})"/>; types under 8 bits are packed.</summary>
    /// <exception cref="ArgumentException">The byte length is not what type and shape ask for.</exception>
    public static OrtTensor OverBytes(Memory<byte> bytes, ElementType type, ReadOnlySpan<long> dims) => Pinned(bytes.Pin(), type, dims, bytes.Length);

    /// <summary>A read-only tensor over a constant's bytes; a view whose address does not suit its type is copied.</summary>
    /// <exception cref="ArgumentException">The constant holds strings.</exception>
    public static OrtTensor Over(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Type is ElementType.String) throw new ArgumentException("a string tensor has no bytes to hand over", nameof(tensor));
        var pin = tensor.Data.Pin();
        var size = Math.Max(1, tensor.Type.Bits() / 8);
        if ((nuint)pin.Pointer % (nuint)size == 0) return Pinned(pin, tensor.Type, tensor.Dims, tensor.Data.Length, isReadOnly: true);
        pin.Dispose();
        var copy = Allocate(tensor.Type, tensor.Dims, isReadOnly: true);
        tensor.Data.Span.CopyTo(copy.Memory());
        return copy;
    }

    /// <summary>A zero-filled tensor in memory of its own, aligned to 64 bytes.</summary>
    /// <exception cref="ArgumentException">The type has no fixed size, or a dimension is negative.</exception>
    public static OrtTensor Allocate(ElementType type, ReadOnlySpan<long> dims) => Allocate(type, dims, isReadOnly: false);

    /// <summary>The elements in place, to read and write. T is the element type's own (bool or byte for Bool, Half or ushort for Float16, ushort for BFloat16).</summary>
    /// <exception cref="ObjectDisposedException">The tensor is disposed.</exception>
    /// <exception cref="AuditException">Invalid: the tensor holds another type.</exception>
    /// <exception cref="InvalidOperationException">The tensor is read-only: use <see cref="Values{T}"/>.</exception>
    public Span<T> Span<T>() where T : unmanaged => !IsReadOnly ? Elements<T>()
        : throw new InvalidOperationException($"OrtTensor {this} stands over a constant and is read-only: read it through Values");

    /// <summary>The elements in place, to read. T as for <see cref="Span{T}"/>.</summary>
    /// <exception cref="ObjectDisposedException">The tensor is disposed.</exception>
    /// <exception cref="AuditException">Invalid: the tensor holds another type.</exception>
    public ReadOnlySpan<T> Values<T>() where T : unmanaged => Elements<T>();

    /// <summary>A constant that owns a copy of the elements.</summary>
    public Tensor ToTensor() => new(Type, _dims, Bytes.ToArray());

    /// <summary>Frees the tensor and unpins its memory, once no run uses it any more.</summary>
    public void Dispose() => _handle.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"{Type} [{string.Join(',', _dims)}]";

    /// <summary>Adds a use of the native tensor; every use is ended by <see cref="EndUse"/>.</summary>
    internal nint BeginUse()
    {
        var taken = false;
        try
        {
            _handle.DangerousAddRef(ref taken);
        }
        catch (ObjectDisposedException)
        {
            throw new ObjectDisposedException(Disposed);
        }

        return _handle.DangerousGetHandle();
    }

    /// <summary>Ends a use.</summary>
    internal void EndUse() => _handle.DangerousRelease();

    /// <summary>Takes over a value that ONNX Runtime made.</summary>
    /// <exception cref="AuditException">Invalid: it is no tensor.</exception>
    internal static OrtTensor Adopt(OrtLibrary library, nint value, string origin)
    {
        var api = library.Api;
        var handle = new OrtValueHandle(api, value, null);
        try
        {
            int isTensor;
            nint raw;
            void* data = null;
            OrtStatus.Check(api, api.IsTensor(value, &isTensor), origin);
            if (isTensor == 0)
                throw new AuditException(AuditCode.Invalid, origin, "a sequence, map or sparse value", "a tensor", "Choose an output that is a tensor.");
            OrtStatus.Check(api, api.GetTensorTypeAndShape(value, &raw), origin);
            using var info = new OrtHandle(api, OrtRelease.TensorInfo, raw);
            var (type, dims) = SessionReading.Shape(api, raw, origin);
            if (type is not ElementType.String) OrtStatus.Check(api, api.GetTensorMutableData(value, &data), origin);
            return new OrtTensor(handle, type, dims, data, origin);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private string Disposed => $"OrtTensor {this} ({_origin})";

    /// <summary>The element type that T is; Undefined when none.</summary>
    private static ElementType TypeOf<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? ElementType.Float
        : typeof(T) == typeof(Half) ? ElementType.Float16
        : typeof(T) == typeof(double) ? ElementType.Double
        : typeof(T) == typeof(long) ? ElementType.Int64
        : typeof(T) == typeof(int) ? ElementType.Int32
        : typeof(T) == typeof(byte) ? ElementType.UInt8
        : typeof(T) == typeof(sbyte) ? ElementType.Int8
        : typeof(T) == typeof(bool) ? ElementType.Bool
        : typeof(T) == typeof(short) ? ElementType.Int16
        : typeof(T) == typeof(ushort) ? ElementType.UInt16
        : typeof(T) == typeof(uint) ? ElementType.UInt32
        : typeof(T) == typeof(ulong) ? ElementType.UInt64
        : ElementType.Undefined;

    private Span<T> Elements<T>() where T : unmanaged
    {
        var fits = TypeOf<T>() == Type
            || (typeof(T) == typeof(byte) && Type.Bits() == 8)
            || (typeof(T) == typeof(ushort) && Type is ElementType.Float16 or ElementType.BFloat16);
        if (!fits)
            throw new AuditException(AuditCode.Invalid, _origin, $"{Type} elements", TypeOf<T>() is var t and not ElementType.Undefined ? $"{t}" : typeof(T).Name,
                "Read the tensor as its own type, or use a model with the expected one.");
        return MemoryMarshal.Cast<byte, T>(Memory());
    }

    private Span<byte> Memory()
    {
        if (_handle.IsClosed) throw new ObjectDisposedException(Disposed);
        if (Type is ElementType.String)
            throw new AuditException(AuditCode.Invalid, _origin, "strings", "numbers", "Choose an output that is a tensor of numbers.");
        if (_length > int.MaxValue)
            throw new AuditException(AuditCode.Invalid, _origin, FormattableString.Invariant($"{_length} bytes"), "at most 2147483647", "Use a smaller batch.");
        return new Span<byte>(_data, (int)_length);
    }

    private static OrtTensor Allocate(ElementType type, ReadOnlySpan<long> dims, bool isReadOnly)
    {
        if (type.Bits() == 0) throw new ArgumentException($"{type} elements have no fixed size", nameof(type));
        var length = type.ByteLength(Tensor.CountOf(dims));
        var memory = NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), Alignment);
        NativeMemory.Clear(memory, (nuint)length);
        return Create(memory, type, dims, length, new NativeBlock(memory), isReadOnly);
    }

    private static OrtTensor Pinned(MemoryHandle pin, ElementType type, ReadOnlySpan<long> dims, long length, bool isReadOnly = false)
    {
        try
        {
            if (length == 0 && type.Bits() > 0 && Tensor.CountOf(dims) == 0)
            {
                pin.Dispose();
                return Allocate(type, dims, isReadOnly);
            }

            return Create(pin.Pointer, type, dims, length, new Pin(pin), isReadOnly);
        }
        catch
        {
            pin.Dispose();
            throw;
        }
    }

    private static OrtTensor Create(void* data, ElementType type, ReadOnlySpan<long> dims, long length, IDisposable memory, bool isReadOnly)
    {
        if (type.Bits() == 0) throw new ArgumentException($"{type} elements have no fixed size", nameof(type));
        var shape = dims.ToArray();
        var expected = type.ByteLength(Tensor.CountOf(shape));
        if (expected != length)
            throw new ArgumentException(FormattableString.Invariant($"{type} [{string.Join(',', shape)}] takes {expected} bytes, got {length}"), nameof(dims));
        var library = OrtLibrary.Current;
        nint value;
        using var info = new OrtLease(library.CpuMemory, "OrtLibrary");
        fixed (long* d = shape)
        {
            var status = library.Api.CreateTensorWithDataAsOrtValue(info.Value, data, (nuint)length, d, (nuint)shape.Length, (int)type, &value);
            OrtStatus.Check(library.Api, status, $"tensor {type} [{string.Join(',', shape)}]");
        }

        return new OrtTensor(new OrtValueHandle(library.Api, value, memory), type, shape, data, "tensor", isReadOnly);
    }

    private sealed class Pin(MemoryHandle handle) : IDisposable
    {
        private MemoryHandle _handle = handle;

        public void Dispose() => _handle.Dispose();
    }

    private sealed class NativeBlock(void* memory) : IDisposable
    {
        private nint _memory = (nint)memory;

        public void Dispose() => NativeMemory.AlignedFree((void*)Interlocked.Exchange(ref _memory, 0));
    }
}

/// <summary>A native tensor and the memory it stands on, which is let go after it.</summary>
internal sealed class OrtValueHandle(OrtApi api, nint value, IDisposable? memory) : OrtHandle(api, OrtRelease.Value, value)
{
    protected override bool ReleaseHandle()
    {
        var released = base.ReleaseHandle();
        memory?.Dispose();
        return released;
    }
}
