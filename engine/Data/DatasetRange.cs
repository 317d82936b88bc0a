using System.Globalization;
using OnnxAudit.Files;

namespace OnnxAudit.Data;

/// <summary>The samples FROM to TO−1 of another dataset. Classes, source indices and the source's count stay the source's.</summary>
internal sealed class DatasetRange : ImageDataset
{
    private readonly ImageDataset _source;
    private readonly int _from;
    private readonly string _suffix;

    /// <exception cref="AuditException">Usage: the range is empty or leaves the dataset.</exception>
    public DatasetRange(ImageDataset source, DataSpecText text)
    {
        var (from, to) = (text.From ?? 0, text.To ?? source.Count);
        if (from >= to || to > source.Count)
            throw text.Bad(FormattableString.Invariant($"range [{from}:{to}]"), FormattableString.Invariant($"0 <= FROM < TO <= {source.Count}"), "Correct the range.");
        (_source, _from) = (source, from);
        _suffix = string.Create(CultureInfo.InvariantCulture, $"{from}-{to}");
        Labels = source.Labels[from..to];
        SourceIndices = source.SourceIndices[from..to];
    }

    public override string Spec => _source.Spec;

    public override string Id => $"{_source.Id}-{_suffix}";

    public override ImageShape Shape => _source.Shape;

    public override SampleEncoding Encoding => _source.Encoding;

    public override ReadOnlyMemory<int> Labels { get; }

    public override ReadOnlyMemory<long> SourceIndices { get; }

    public override IReadOnlyList<string> Classes => _source.Classes;

    public override string Digest => Files.Digest.Of(System.Text.Encoding.UTF8.GetBytes($"{_source.Digest}[{_suffix}]"));

    public override long SourceCount => _source.SourceCount;

    public override IReadOnlyList<string> Notes => _source.Notes;

    public override void ReadPixels(int index, Span<byte> pixels) => _source.ReadPixels(Within(index), pixels);

    public override void ReadFloats(int index, Span<float> values) => _source.ReadFloats(Within(index), values);

    public override void Dispose() => _source.Dispose();

    private int Within(int index) => (uint)index < (uint)Count ? _from + index : throw new ArgumentOutOfRangeException(nameof(index));
}
