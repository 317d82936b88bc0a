using System.Globalization;
using OnnxAudit.Kernels;

namespace OnnxAudit.Data;

/// <summary>
/// synthetic:shapes, our own procedural dataset: ten kinds of shape, 32×32×3, with noise, low contrast, rotation and occlusion that
/// grow with the difficulty. Sample i of (seed, split) is always the same, whatever the threads, order or range; classes take turns.
/// Parameters: n (samples; 2000 for #test, 8000 for #train), difficulty (0 to 1, default 0.5), seed (default 0).
/// </summary>
internal sealed class ShapesDataset : ImageDataset
{
    private const double DefaultDifficulty = 0.5;
    private const int MostSamples = 10_000_000;

    private readonly ShapePainter _painter;

    private ShapesDataset(DataSpecText text, string split, int count, double difficulty, ulong seed)
    {
        Spec = text.Text;
        var parts = new List<string> { "shapes", split };
        if (text.Parameters.ContainsKey("n")) parts.Add(string.Create(CultureInfo.InvariantCulture, $"n{count}"));
        if (difficulty != DefaultDifficulty) parts.Add(string.Create(CultureInfo.InvariantCulture, $"d{difficulty}"));
        if (seed != 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"s{seed}"));
        Id = DataSpec.IdOf([.. parts]);
        _painter = new ShapePainter(Philox.For(seed, $"synthetic:shapes#{split}"), (float)difficulty);
        var labels = new int[count];
        var indices = new long[count];
        for (var i = 0; i < count; i++) (labels[i], indices[i]) = (i % ShapePainter.ClassNames.Count, i);
        (Labels, SourceIndices) = (labels, indices);
        Digest = DigestText.OfLines("synthetic:shapes", ShapePainter.Version, split,
            string.Create(CultureInfo.InvariantCulture, $"{count} {difficulty:R} {seed}"));
    }

    public override string Spec { get; }

    public override string Id { get; }

    public override ImageShape Shape => new(3, ShapePainter.Side, ShapePainter.Side);

    public override SampleEncoding Encoding => SampleEncoding.Pixels;

    public override ReadOnlyMemory<int> Labels { get; }

    public override ReadOnlyMemory<long> SourceIndices { get; }

    public override IReadOnlyList<string> Classes => ShapePainter.ClassNames;

    public override string Digest { get; }

    public static ShapesDataset Open(DataSpecText text)
    {
        if (text.Source != "shapes") throw text.Bad($"'{text.Source}'", "synthetic:shapes", "It is the one generated dataset.");
        var split = text.SplitAmong("test", "train");
        var (count, difficulty, seed) = (split == "test" ? 2000 : 8000, DefaultDifficulty, 0UL);
        foreach (var (key, value) in text.Parameters)
        {
            var fits = key switch
            {
                "n" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 1 and <= MostSamples,
                "difficulty" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out difficulty) && difficulty is >= 0 and <= 1,
                "seed" => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seed),
                _ => false,
            };
            if (!fits) throw text.Bad($"{key}={value}", FormattableString.Invariant($"n (1 to {MostSamples}), difficulty (0 to 1) or seed"), "Correct the part after '?'.");
        }

        return new ShapesDataset(text, split, count, difficulty, seed);
    }

    public override void ReadPixels(int index, Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        _painter.Paint(index, index % ShapePainter.ClassNames.Count, pixels[..Shape.Count]);
    }
}
