using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OnnxAudit.Corruptions.Rules;

/// <summary>The mean of the image and a series of its clipped zooms, in float32. Source: arXiv:1903.12261 and its generators.</summary>
internal static class ZoomBlur
{
    private const int Lanes = 4;

    public static void Apply(CorruptionCall call)
    {
        var (stop, step) = call.Constant<(double, double)>(
            [(1.06, .01), (1.11, .01), (1.16, .01), (1.21, .01), (1.26, .01)], [(1.06, .01), (1.11, .01), (1.16, .01), (1.21, .01), (1.26, .01)],
            [(1.11, .01), (1.16, .01), (1.21, .02), (1.26, .02), (1.31, .03)]);
        // numpy.arange(1, stop, step) in float64: its count and its steps are those of the published lists, 1.06 included.
        var (count, delta) = ((int)Math.Ceiling((stop - 1) / step), 1 + step - 1);
        var (pixels, channels) = (call.Height * call.Width, call.Channels);
        var own = call.Floats(call.Image.Length);
        UnitPixels.ToFloats(call.Image, own);

        // A pixel is a vector of four, so that a column's two taps are two vectors wherever they lie.
        var source = call.Doubles(pixels * Lanes);
        for (var i = 0; i < pixels; i++)
        {
            for (var c = 0; c < channels; c++) source[i * Lanes + c] = own[i * channels + c];
            for (var c = channels; c < Lanes; c++) source[i * Lanes + c] = 0;
        }

        var sum = call.Floats(pixels * Lanes);
        sum.Clear();
        var row = call.Doubles(call.Width * Lanes);
        for (var j = 0; j < count; j++) Add(call, MemoryMarshal.Cast<double, Vector256<double>>(source), 1 + j * delta, MemoryMarshal.Cast<double, Vector256<double>>(row), MemoryMarshal.Cast<float, Vector128<float>>(sum));
        for (var i = 0; i < pixels; i++)
        {
            for (var c = 0; c < channels; c++) own[i * channels + c] = (own[i * channels + c] + sum[i * Lanes + c]) / (count + 1);
        }

        call.Finish(own);
    }

    private static void Add(CorruptionCall call, ReadOnlySpan<Vector256<double>> source, double factor, Span<Vector256<double>> row, Span<Vector128<float>> sum)
    {
        var width = call.Width;
        var centred = call.Profile != CorruptionProfile.AnySize;
        var (rows, columns) = (ZoomAxis.Of(call.Height, factor, centred), ZoomAxis.Of(width, factor, centred));
        var from = columns.From.AsSpan(0, width);
        var fractions = columns.Fraction.AsSpan(0, width);
        for (var y = 0; y < call.Height; y++)
        {
            var above = source.Slice(rows.From[y] * width, width);
            var below = source.Slice((rows.From[y] + 1) * width, width);
            var (stay, go) = (Vector256.Create(1 - rows.Fraction[y]), Vector256.Create(rows.Fraction[y]));
            for (var x = 0; x < row.Length; x++) row[x] = above[x] * stay + below[x] * go;
            var into = sum.Slice(y * width, width);
            for (var x = 0; x < into.Length; x++)
            {
                var at = from[x];
                var value = row[at] * Vector256.Create(1 - fractions[x]) + row[at + 1] * Vector256.Create(fractions[x]);
                into[x] += Vector128.Narrow(value.GetLower(), value.GetUpper());
            }
        }
    }
}
