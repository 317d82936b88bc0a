namespace OnnxAudit.Compression;

/// <summary>Scores computed elsewhere (gradients, Taylor terms, a file): any float32, negative ones too. -0 ranks as 0; NaN is an error.</summary>
internal sealed class GivenScores : Scores<uint>
{
    private readonly IReadOnlyList<ReadOnlyMemory<float>> _scores;

    public GivenScores(IReadOnlyList<PrunableTensor> tensors, IReadOnlyList<ReadOnlyMemory<float>> scores) : base(tensors)
    {
        if (scores.Count != tensors.Count) throw new ArgumentException("one list of scores per tensor", nameof(scores));
        for (var i = 0; i < scores.Count; i++)
            if (scores[i].Length != tensors[i].Tensor.Count) throw new ArgumentException($"'{tensors[i].Name}': one score per weight", nameof(scores));
        _scores = scores;
    }

    public override uint Limit => 0xFF800000;

    public override void Read(int tensor, int start, Span<uint> keys)
    {
        var scores = _scores[tensor].Span.Slice(start, keys.Length);
        for (var i = 0; i < keys.Length; i++) keys[i] = Key(scores[i]);
    }

    /// <summary>Order-keeping bits: negatives flipped whole, the others moved above them; NaN above everything.</summary>
    private static uint Key(float score)
    {
        if (float.IsNaN(score)) return uint.MaxValue;
        var bits = BitConverter.SingleToUInt32Bits(score + 0f);
        return (bits & 0x80000000) == 0 ? bits | 0x80000000 : ~bits;
    }
}
