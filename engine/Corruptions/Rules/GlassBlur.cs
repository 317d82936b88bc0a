using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnnxAudit.Corruptions.Rules;

/// <summary>
/// Blurred, then every pixel from the last to the first takes a neighbour's place, then blurred again. For colour images the published code copies the
/// neighbour; Mnist's tosses a coin for each pixel and exchanges the two. Offsets are drawn from −d to d − 1, across before down.
/// Source: arXiv:1903.12261 and its generators.
/// </summary>
internal static class GlassBlur
{
    public static void Apply(CorruptionCall call)
    {
        var (sigma, reach, rounds) = call.Constant<(double, int, int)>(
            [(.05, 1, 1), (.25, 1, 1), (.4, 1, 1), (.25, 1, 2), (.4, 1, 2)], [(.1, 1, 1), (.5, 1, 1), (.6, 1, 2), (.7, 2, 1), (.9, 2, 2)],
            [(.7, 1, 2), (.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)]);
        var values = call.Doubles(call.Image.Length);
        UnitPixels.ToDoubles(call.Image, values);
        GaussianBlur.Filter(call, values, sigma);
        var pixels = call.Output;
        for (var i = 0; i < values.Length; i++) pixels[i] = (byte)(values[i] * 255);
        for (var round = 0; round < rounds; round++)
        {
            if (call.Profile == CorruptionProfile.Mnist) Exchange(call, pixels, reach);
            else if (call.Channels == 1) Move(call, pixels, reach);
            else Move(call, MemoryMarshal.Cast<byte, Rgb>(pixels), reach);
        }

        UnitPixels.ToDoubles(pixels, values);
        GaussianBlur.Filter(call, values, sigma);
        call.Finish(values);
    }

    private static void Move<T>(CorruptionCall call, Span<T> pixels, int reach)
        where T : unmanaged
    {
        var width = call.Width;
        var offsets = call.Ints(2 * (width - 2 * reach));
        for (var y = call.Height - reach; y > reach; y--)
        {
            call.Draws.Integers(2 * reach, offsets);
            var at = 0;
            for (var x = width - reach; x > reach; x--)
            {
                ref var here = ref pixels[y * width + x];
                ref var there = ref pixels[(y + offsets[at + 1] - reach) * width + x + offsets[at] - reach];
                at += 2;
                if (call.Options.TrueSwap) (here, there) = (there, here);
                else here = there;
            }
        }
    }

    private static void Exchange(CorruptionCall call, Span<byte> pixels, int reach)
    {
        var width = call.Width;
        for (var y = call.Height - reach; y > reach; y--)
        {
            for (var x = width - reach; x > reach; x--)
            {
                if (call.Draws.Uniform() >= 0.5) continue;
                var dx = call.Draws.Integer(2 * reach) - reach;
                var dy = call.Draws.Integer(2 * reach) - reach;
                ref var here = ref pixels[y * width + x];
                ref var there = ref pixels[(y + dy) * width + x + dx];
                (here, there) = (there, here);
            }
        }
    }

    [InlineArray(3)]
    private struct Rgb
    {
        private byte _value;
    }
}
