namespace OnnxAudit.Corruptions.Ice;

/// <summary>What is known of a published photograph: colour means and deviations, grey levels at 1, 5, 50, 95 and 99 %, the slope of its radial power spectrum.</summary>
/// <param name="Mean">Mean of R, G and B.</param>
/// <param name="Deviation">Standard deviation of R, G and B.</param>
/// <param name="Levels">Grey levels at 1, 5, 50, 95 and 99 %.</param>
/// <param name="Slope">Of log power over log frequency.</param>
/// <param name="FieldPower">64ths of the exponent that the field's amplitudes fall with; found so that the finished texture has the slope.</param>
/// <param name="Needles">It shows needles, not haze.</param>
internal sealed record FrostSlot(double[] Mean, double[] Deviation, double[] Levels, double Slope, int FieldPower, bool Needles)
{
    private static readonly FrostSlot Haze = new([78, 149, 166], [27, 17, 15], [95, 102, 128, 163, 177], -1.5, 48, false);
    private static readonly FrostSlot White = new([201, 205, 215], [21, 22, 23], [140, 165, 208, 235, 244], -1.95, 74, true);
    private static readonly FrostSlot Film = new([138, 153, 165], [29, 29, 30], [81, 102, 150, 196, 231], -1.5, 48, true);
    private static readonly FrostSlot Slate = new([112, 123, 135], [44, 43, 42], [43, 58, 117, 202, 237], -1.75, 61, true);

    /// <summary>The five photographs the generators draw from; the third has the second's pixels.</summary>
    public static IReadOnlyList<FrostSlot> All { get; } = [Haze, White, White, Film, Slate];
}
