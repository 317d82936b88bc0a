namespace OnnxAudit.Data;

/// <summary>Changes the pixels [H,W,C] of one sample in place, before normalisation. <paramref name="sample"/> is its index in its source. Called from several threads at once when a stream has several.</summary>
public delegate void PixelTransform(long sample, Span<byte> pixels);

/// <summary>Consecutive samples, ready for the model. The memory is used again after the next <c>MoveNext</c>.</summary>
public sealed class Batch
{
    private readonly float[] _pinned;
    private readonly int _perSample;
    private readonly long[] _dims;

    internal Batch(int capacity, int perSample, ReadOnlySpan<long> sampleDims)
    {
        _pinned = GC.AllocateUninitializedArray<float>(checked(capacity * perSample), pinned: true);
        _perSample = perSample;
        _dims = [0, .. sampleDims];
    }

    /// <summary>Position of the first sample in the dataset.</summary>
    public int First { get; private set; }

    /// <summary>Number of samples.</summary>
    public int Count { get; private set; }

    /// <summary>Values [Count, …] in C order, over a pinned array.</summary>
    public Memory<float> Inputs => _pinned.AsMemory(0, Count * _perSample);

    /// <summary>Shape: [Count,C,H,W], or [Count,H,W,C] where the settings say NHWC.</summary>
    public ReadOnlySpan<long> Dims => _dims;

    internal void Take(int first, int count) => (First, Count, _dims[0]) = (first, count, count);

    internal Span<float> Sample(int i) => _pinned.AsSpan(i * _perSample, _perSample);
}
