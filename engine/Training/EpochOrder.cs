using OnnxAudit.Data;
using OnnxAudit.Kernels;

namespace OnnxAudit.Training;

/// <summary>
/// Another dataset's samples in the order of one epoch, from a place in it on. The order follows from the seed, the epoch and each sample's index in its
/// source alone. The source stays the caller's to dispose.
/// </summary>
internal sealed class EpochOrder : ImageDataset
{
    private readonly ImageDataset _source;
    private readonly int[] _order;

    private EpochOrder(ImageDataset source, int[] order)
    {
        (_source, _order) = (source, order);
        Labels = order.Select(i => source.Labels.Span[i]).ToArray();
        SourceIndices = order.Select(i => source.SourceIndices.Span[i]).ToArray();
    }

    public override string Spec => _source.Spec;

    public override string Id => _source.Id;

    public override ImageShape Shape => _source.Shape;

    public override SampleEncoding Encoding => _source.Encoding;

    public override ReadOnlyMemory<int> Labels { get; }

    public override ReadOnlyMemory<long> SourceIndices { get; }

    public override IReadOnlyList<string> Classes => _source.Classes;

    public override string Digest => _source.Digest;

    public override long SourceCount => _source.SourceCount;

    /// <summary>The samples [from, to) of the shuffled epoch.</summary>
    public static EpochOrder Of(ImageDataset source, ulong seed, int epoch, int from, int to)
    {
        var draws = Philox.For(seed, "train.shuffle");
        var keys = new (ulong Key, int Index)[source.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            var words = draws.Words((ulong)source.SourceIndices.Span[i], (ulong)epoch);
            keys[i] = ((ulong)words.A << 32 | words.B, i);
        }

        Array.Sort(keys);
        return new EpochOrder(source, [.. keys[from..to].Select(k => k.Index)]);
    }

    public override void ReadPixels(int index, Span<byte> pixels) => _source.ReadPixels(_order[index], pixels);

    public override void ReadFloats(int index, Span<float> values) => _source.ReadFloats(_order[index], values);
}
