namespace OnnxAudit.Data;

/// <summary>Shape of every sample of a dataset.</summary>
public readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>Values in one sample.</summary>
    public int Count => Channels * Height * Width;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Channels}×{Height}×{Width}");
}

/// <summary>How samples are held.</summary>
public enum SampleEncoding
{
    /// <summary>Pixels 0 to 255, read as [H,W,C]; normalised on the way to the model.</summary>
    Pixels,

    /// <summary>Floats already as the model wants them, read as [C,H,W].</summary>
    Floats,
}

/// <summary>Labelled images in a fixed order. Reading is safe from several threads at once.</summary>
public abstract class ImageDataset : IDisposable
{
    /// <summary>The DATA SPEC it was opened with.</summary>
    public abstract string Spec { get; }

    /// <summary>Short id for cell names: letters, digits, '.', '_' and '-' ("cifar10-test").</summary>
    public abstract string Id { get; }

    /// <summary>Shape of every sample, after resize and crop.</summary>
    public abstract ImageShape Shape { get; }

    /// <summary>How samples are held.</summary>
    public abstract SampleEncoding Encoding { get; }

    /// <summary>True class of every sample; its length is the number of samples.</summary>
    public abstract ReadOnlyMemory<int> Labels { get; }

    /// <summary>Index of every sample in its source, before any range was taken; same length as <see cref="Labels"/>.</summary>
    public abstract ReadOnlyMemory<long> SourceIndices { get; }

    /// <summary>Class names by label; numbers as text when the source names none.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    /// <summary>SHA-256 (hex) of everything that decides the samples: files' bytes, or generator parameters.</summary>
    public abstract string Digest { get; }

    /// <summary>Number of samples.</summary>
    public int Count => Labels.Length;

    /// <summary>Number of samples of the source, before any range was taken.</summary>
    public virtual long SourceCount => Count;

    /// <summary>Remarks for the user, such as files that were passed over; empty when there are none.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>Reads sample <paramref name="index"/> as pixels [H,W,C]. Only for <see cref="SampleEncoding.Pixels"/>.</summary>
    /// <exception cref="AuditException">Invalid: the record is damaged; names file and record.</exception>
    public abstract void ReadPixels(int index, Span<byte> pixels);

    /// <summary>Reads sample <paramref name="index"/> as floats [C,H,W]. Only for <see cref="SampleEncoding.Floats"/>.</summary>
    public virtual void ReadFloats(int index, Span<float> values) => throw new InvalidOperationException($"{Spec} holds pixels");

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
