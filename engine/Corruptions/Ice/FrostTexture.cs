using OnnxAudit.Data;

namespace OnnxAudit.Corruptions.Ice;

/// <summary>Draws a slot's texture: noise of a falling spectrum, crystals over it, grey levels and colours brought to the photograph's.</summary>
internal static class FrostTexture
{
    /// <summary>Rows and columns of a texture.</summary>
    public const int Side = 512;

    private const float FieldShare = .6f, CrystalShare = .4f;

    /// <summary>Where the levels of a slot stand, and the ends.</summary>
    private static readonly double[] Shares = [0, .01, .05, .5, .95, .99, 1];

    public static Photograph Draw(FrostSlot slot, CorruptionDraws draws)
    {
        var plane = Field(slot.FieldPower, draws);
        if (slot.Needles)
        {
            var crystals = new float[plane.Length];
            CrystalLayer.Draw(crystals, Side, draws);
            Standardise(plane);
            Standardise(crystals);
            for (var i = 0; i < plane.Length; i++) plane[i] = FieldShare * plane[i] + CrystalShare * crystals[i];
        }

        return Coloured(slot, Ranked(slot, plane));
    }

    /// <summary>Gaussian noise whose amplitudes fall with frequency to the power of −power/64.</summary>
    private static float[] Field(int power, CorruptionDraws draws)
    {
        var normals = new float[2 * Side * Side];
        draws.Normals(normals);
        var (real, imaginary) = (new double[Side * Side], new double[Side * Side]);
        for (var i = 0; i < real.Length; i++)
        {
            var (y, x) = (Frequency(i / Side), Frequency(i % Side));
            // The mean is set later.
            var amplitude = i == 0 ? 0 : 1 / Power(x * x + y * y, power);
            (real[i], imaginary[i]) = (normals[2 * i] * amplitude, normals[2 * i + 1] * amplitude);
        }

        FourierPlane.Transform(real, imaginary, Side, inverse: true);
        return Array.ConvertAll(real, v => (float)v);
    }

    private static int Frequency(int index) => index <= Side / 2 ? index : index - Side;

    /// <summary>The root of <paramref name="square"/> to the power of power/64, by square roots alone.</summary>
    private static double Power(double square, int power)
    {
        var result = 1.0;
        var root = square;
        // Bit 7 stands for 128/64 of the root: the square itself.
        for (var bit = 7; bit >= 0; bit--)
        {
            if ((power >> bit & 1) != 0) result *= root;
            root = Math.Sqrt(root);
        }

        return result;
    }

    private static void Standardise(Span<float> plane)
    {
        double sum = 0, squares = 0;
        foreach (var v in plane)
        {
            sum += v;
            squares += (double)v * v;
        }

        var mean = sum / plane.Length;
        var deviation = Math.Sqrt(squares / plane.Length - mean * mean);
        foreach (ref var v in plane) v = (float)((v - mean) / deviation);
    }

    /// <summary>Grey levels in the plane's order with the slot's percentiles, straight lines between them.</summary>
    private static double[] Ranked(FrostSlot slot, float[] plane)
    {
        double[] levels = [2 * slot.Levels[0] - slot.Levels[1], .. slot.Levels, Math.Min(2 * slot.Levels[^1] - slot.Levels[^2], 255)];
        var order = new int[plane.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        // Sorted by value and then by place, so that ties fall the same way everywhere.
        var keys = new long[plane.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = ((long)Ordered(plane[i]) << 32) | (uint)i;
        Array.Sort(keys, order);
        var grey = new double[plane.Length];
        var segment = 0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            var share = (rank + .5) / order.Length;
            while (share > Shares[segment + 1]) segment++;
            grey[order[rank]] = levels[segment] + (levels[segment + 1] - levels[segment]) * (share - Shares[segment]) / (Shares[segment + 1] - Shares[segment]);
        }

        return grey;
    }

    /// <summary>An integer in the order of the floats.</summary>
    private static int Ordered(float value)
    {
        var bits = BitConverter.SingleToInt32Bits(value);
        return bits < 0 ? int.MinValue - bits : bits;
    }

    private static Photograph Coloured(FrostSlot slot, double[] grey)
    {
        double sum = 0, squares = 0;
        foreach (var g in grey) sum += g;
        var mean = sum / grey.Length;
        foreach (var g in grey) squares += (g - mean) * (g - mean);
        var deviation = Math.Sqrt(squares / grey.Length);
        var pixels = new byte[3 * grey.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            var c = i % 3;
            pixels[i] = (byte)Math.Round(Math.Clamp(slot.Mean[c] + (grey[i / 3] - mean) * slot.Deviation[c] / deviation, 0, 255));
        }

        return new Photograph(pixels, new ImageShape(3, Side, Side));
    }
}
