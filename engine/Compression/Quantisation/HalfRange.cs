using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>float32 numbers as float16, to nearest, halves to even; what does not fit is an error or clipped, never an infinity.</summary>
internal sealed class HalfRange(string model, bool allowClipping)
{
    private const float Largest = 65504;

    /// <summary>Numbers set to ±65504 so far.</summary>
    public long Clipped { get; private set; }

    /// <summary>Numbers other than 0 that became 0 so far: magnitudes up to 2^-25.</summary>
    public long Vanished { get; private set; }

    /// <summary>The tensor in float16. NaN and infinities stay what they are.</summary>
    /// <exception cref="AuditException">Invalid: a magnitude that rounds beyond 65504, unless clipping is allowed.</exception>
    public Tensor Of(string name, Tensor tensor)
    {
        var from = tensor.Span<float>();
        var to = new Half[from.Length];
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = (Half)from[i];
            if (Half.IsInfinity(to[i]) && float.IsFinite(from[i]))
            {
                if (!allowClipping)
                    throw new AuditException(AuditCode.Invalid, $"{model}, tensor '{name}'", FormattableString.Invariant($"{from[i]:R}, beyond float16's range"),
                        "numbers from -65504 to 65504", "Exclude the layer, or add --allow-clipping.");
                to[i] = (Half)(from[i] > 0 ? Largest : -Largest);
                Clipped++;
            }
            else if (to[i] == Half.Zero && from[i] != 0) Vanished++;
        }

        return Tensor.From<Half>(ElementType.Float16, tensor.Dims, to);
    }

    /// <summary>Counts from 0 again, after tensors that were only looked at.</summary>
    public void Forget() => (Clipped, Vanished) = (0, 0);

    /// <summary>Sentences on what was lost.</summary>
    public IEnumerable<string> Notes()
    {
        if (Clipped > 0) yield return FormattableString.Invariant($"{Clipped} numbers beyond float16's range were clipped to ±65504.");
        if (Vanished > 0) yield return FormattableString.Invariant($"{Vanished} numbers too small for float16 became 0.");
    }
}
