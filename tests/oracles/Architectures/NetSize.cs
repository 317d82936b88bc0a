namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>How large a generated network is: full for benches, thin, shallow and on small images for checks in float64.</summary>
/// <param name="Side">Height and width of the input image.</param>
/// <param name="Width">Factor on the channel counts; 1 gives the published network.</param>
/// <param name="Depth">Factor on the number of blocks a stage repeats, at least one each; 1 gives the published network.</param>
/// <param name="Classes">Number of scores.</param>
/// <param name="Opset">Version of the operator set, 13 or 18: attributes against inputs, LayerNormalization and HardSwish whole or in parts.</param>
/// <param name="Seed">Seed of the weights.</param>
internal sealed record NetSize(int Side, double Width = 1, double Depth = 1, int Classes = 10, long Opset = 18, ulong Seed = 1)
{
    /// <summary>A channel count scaled to a multiple of 4, at least 4; the published one at width 1.</summary>
    public int Wide(int channels) => Width == 1 ? channels : Math.Max(4, (int)Math.Round(channels * Width / 4) * 4);

    /// <summary>A number of repeated blocks scaled, at least 1.</summary>
    public int Deep(int blocks) => Math.Max(1, (int)Math.Ceiling(blocks * Depth));
}
