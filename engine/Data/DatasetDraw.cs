using OnnxAudit.Kernels;

namespace OnnxAudit.Data;

/// <summary>
/// Samples of another dataset drawn without replacement, in the source's order. Which ones depends on the seed and each sample's index in its source alone,
/// so a larger draw of the same seed holds the smaller. The source stays the caller's to dispose.
/// </summary>
public sealed class DatasetDraw : ImageDataset
{
    private readonly ImageDataset _source;
    private readonly int[] _picked;
    private readonly string _suffix;

    private DatasetDraw(ImageDataset source, int[] picked, string suffix)
    {
        (_source, _picked, _suffix) = (source, picked, suffix);
        Labels = picked.Select(i => source.Labels.Span[i]).ToArray();
        SourceIndices = picked.Select(i => source.SourceIndices.Span[i]).ToArray();
    }

    /// <summary>Draws <paramref name="count"/> samples; all of them when there are no more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">count is below 1.</exception>
    public static DatasetDraw Of(ImageDataset source, int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var draws = Philox.For(seed, "data.draw");
        var keys = new (ulong Key, int Index)[source.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            var words = draws.Words((ulong)source.SourceIndices.Span[i], 0);
            keys[i] = ((ulong)words.A << 32 | words.B, i);
        }

        Array.Sort(keys);
        int[] picked = [.. keys.Take(count).Select(k => k.Index).Order()];
        return new DatasetDraw(source, picked, FormattableString.Invariant($"draw-{picked.Length}-{seed}"));
    }

    /// <inheritdoc/>
    public override string Spec => _source.Spec;

    /// <inheritdoc/>
    public override string Id => $"{_source.Id}-{_suffix}";

    /// <inheritdoc/>
    public override ImageShape Shape => _source.Shape;

    /// <inheritdoc/>
    public override SampleEncoding Encoding => _source.Encoding;

    /// <inheritdoc/>
    public override ReadOnlyMemory<int> Labels { get; }

    /// <inheritdoc/>
    public override ReadOnlyMemory<long> SourceIndices { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Classes => _source.Classes;

    /// <inheritdoc/>
    public override string Digest => Files.Digest.Of(System.Text.Encoding.UTF8.GetBytes($"{_source.Digest}[{_suffix}]"));

    /// <inheritdoc/>
    public override long SourceCount => _source.SourceCount;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes => _source.Notes;

    /// <inheritdoc/>
    public override void ReadPixels(int index, Span<byte> pixels) => _source.ReadPixels(_picked[index], pixels);

    /// <inheritdoc/>
    public override void ReadFloats(int index, Span<float> values) => _source.ReadFloats(_picked[index], values);
}
