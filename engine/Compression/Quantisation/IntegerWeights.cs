using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>
/// A weight as uint8: w ≈ (code − zero point)·scale. Symmetric codes are ±127 (7 bits: ±63) about the zero point 128, so that one zero point serves every channel; asymmetric ones
/// are 0…255 (0…127) over the range widened to hold 0. Unsigned, since ONNX Runtime's ConvInteger takes nothing else, and its products of uint8 by uint8 never saturate.
/// </summary>
/// <param name="Scales">One for each channel, or one for all.</param>
/// <param name="ZeroPoints">As many.</param>
/// <param name="Codes">Element by element.</param>
internal sealed record IntegerWeights(float[] Scales, byte[] ZeroPoints, byte[] Codes)
{
    private const int Centre = 128;

    /// <summary>Codes a weight whose channel of element i is i / inner % channels. least: scales may not be finer, channel by channel; empty for none.</summary>
    public static IntegerWeights Of(ReadOnlySpan<float> weight, int channels, int inner, bool perTensor, bool asymmetric, int bits, ReadOnlySpan<double> least = default)
    {
        var levels = asymmetric ? (1 << bits) - 1 : (1 << (bits - 1)) - 1;
        var (low, high) = (new double[channels], new double[channels]);
        for (var i = 0; i < weight.Length; i++)
        {
            var c = perTensor ? 0 : i / inner % channels;
            (low[c], high[c]) = (Math.Min(low[c], weight[i]), Math.Max(high[c], weight[i]));
        }

        for (var c = 0; c < least.Length; c++)
        {
            var into = perTensor ? 0 : c;
            high[into] = Math.Max(high[into], (asymmetric ? low[into] : 0) + least[c] * levels);
        }

        var forms = new AffineCode[perTensor ? 1 : channels];
        for (var c = 0; c < forms.Length; c++) forms[c] = asymmetric ? AffineCode.Asymmetric(low[c], high[c], levels) : AffineCode.Symmetric(low[c], high[c], levels);
        var codes = new byte[weight.Length];
        for (var i = 0; i < codes.Length; i++) codes[i] = checked((byte)(forms[perTensor ? 0 : i / inner % channels].Quantise(weight[i]) + (asymmetric ? 0 : Centre)));
        return new IntegerWeights([.. forms.Select(f => f.Scale)], [.. forms.Select(f => (byte)(asymmetric ? f.ZeroPoint : Centre))], codes);
    }

    /// <summary>Refuses asymmetric codes per channel for convolutions, whose integer kernels take one zero point.</summary>
    /// <exception cref="AuditException">Usage.</exception>
    public static void RequireOneZeroPoint(Model model, IEnumerable<QuantisableLayer> layers, bool perTensor)
    {
        if (!perTensor && layers.FirstOrDefault(l => l.Node.Is("Conv")) is { } conv)
            throw new AuditException(AuditCode.Usage, $"{model.Source}, layer '{conv.Name}'", "asymmetric weights per channel", "one zero point for a convolution: its integer kernels take no more",
                "Add --per-tensor, or leave --asymmetric-weights out.");
    }

    /// <summary>The numbers the codes stand for.</summary>
    public float[] Decoded(int inner)
    {
        var values = new float[Codes.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var c = i / inner % Scales.Length;
            values[i] = (Codes[i] - ZeroPoints[c]) * Scales[c];
        }

        return values;
    }
}
