namespace OnnxAudit.Corruptions.Jpeg;

/// <summary>Quantisation steps of a quality: ⌊(base·S + 50)/100⌋ in 1…255 with S = ⌊5000/q⌋ below 50, else 200 − 2q. Source: ITU-T T.81 Annex K; libjpeg's quality scale.</summary>
internal static class JpegTables
{
    private static ReadOnlySpan<byte> LuminanceTable =>
    [
        16, 11, 10, 16, 24, 40, 51, 61,
        12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56,
        14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77,
        24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101,
        72, 92, 95, 98, 112, 100, 103, 99,
    ];

    private static ReadOnlySpan<byte> ChrominanceTable =>
    [
        17, 18, 24, 47, 99, 99, 99, 99,
        18, 21, 26, 66, 99, 99, 99, 99,
        24, 26, 56, 99, 99, 99, 99, 99,
        47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
    ];

    public static void Luminance(int quality, Span<float> steps) => Scale(LuminanceTable, quality, steps);

    public static void Chrominance(int quality, Span<float> steps) => Scale(ChrominanceTable, quality, steps);

    private static void Scale(ReadOnlySpan<byte> table, int quality, Span<float> steps)
    {
        var scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        for (var i = 0; i < table.Length; i++) steps[i] = Math.Clamp((table[i] * scale + 50) / 100, 1, 255);
    }
}
