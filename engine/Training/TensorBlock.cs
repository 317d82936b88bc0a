using OnnxAudit.Runtime;

namespace OnnxAudit.Training;

/// <summary>
/// Float32 tensors side by side in one pinned array, each from a multiple of 64 bytes on, so that a loop over all of them is one loop and ONNX Runtime reads
/// and writes each where it stands. The gaps hold zeros.
/// </summary>
public sealed class TensorBlock
{
    private const int Alignment = 16;

    private readonly float[] _values;
    private readonly int[] _starts;
    private readonly long[][] _dims;

    /// <summary>A block of zeros.</summary>
    /// <param name="shapes">Shape of every tensor.</param>
    /// <exception cref="AuditException">Usage: more elements than one array holds.</exception>
    public TensorBlock(IReadOnlyList<long[]> shapes)
    {
        (_starts, _dims) = (new int[shapes.Count], [.. shapes]);
        long length = 0;
        for (var i = 0; i < shapes.Count; i++)
        {
            _starts[i] = (int)Math.Min(length, int.MaxValue);
            length += (Graphs.Tensor.CountOf(shapes[i]) + Alignment - 1) / Alignment * Alignment;
        }

        if (length > Array.MaxLength)
            throw new AuditException(AuditCode.Usage, "training", FormattableString.Invariant($"{length} weights"), FormattableString.Invariant($"at most {Array.MaxLength}"), "Train a smaller model.");
        _values = GC.AllocateArray<float>((int)length, pinned: true);
    }

    /// <summary>Number of tensors.</summary>
    public int Count => _starts.Length;

    /// <summary>All elements, gaps included.</summary>
    public Span<float> All => _values;

    /// <summary>The same as memory.</summary>
    public Memory<float> Whole => _values;

    /// <summary>The elements of one tensor.</summary>
    public Span<float> this[int tensor] => Memory(tensor).Span;

    /// <summary>Shape of one tensor.</summary>
    public ReadOnlySpan<long> Dims(int tensor) => _dims[tensor];

    /// <summary>Where a tensor's elements stand among all.</summary>
    public Range Range(int tensor) => _starts[tensor]..(_starts[tensor] + (int)Graphs.Tensor.CountOf(_dims[tensor]));

    /// <summary>One tensor as ONNX Runtime's, over the same memory; the caller disposes it.</summary>
    public OrtTensor Ort(int tensor) => OrtTensor.Over(Memory(tensor), _dims[tensor]);

    /// <summary>One tensor copied into a constant.</summary>
    public Graphs.Tensor ToTensor(int tensor) => Graphs.Tensor.FromFloats(_dims[tensor], this[tensor]);

    private Memory<float> Memory(int tensor) => _values.AsMemory(Range(tensor));
}
