namespace OnnxAudit.Corruptions.Rules;

/// <summary>
/// A small affine map, then every pixel moved by a smooth random field. The package for any size has the field alone; Mnist's has nothing beyond the
/// border where the others mirror. Source: arXiv:1903.12261 and its generators, after Simard, Steinkraus and Platt, ICDAR 2003.
/// </summary>
internal static class ElasticTransform
{
    private const double Truncate = 3;

    public static void Apply(CorruptionCall call)
    {
        var values = call.Floats(call.Image.Length);
        UnitPixels.ToFloats(call.Image, values);
        var field = call.Profile == CorruptionProfile.AnySize ? OfAnySize(call) : OfProfile(call);
        if (field.Jitter > 0)
        {
            var warped = call.Floats(values.Length);
            Border? border = call.Profile == CorruptionProfile.Mnist ? null : Border.MirrorInside;
            AffineWarp.Apply(values, warped, call.Height, call.Width, call.Channels, Jittered(call, field.Jitter), border);
            values = warped;
        }

        if (field.Strength > 0)
        {
            var moved = call.Floats(values.Length);
            var across = Smooth(call, field);
            Move(call, values, moved, across, Smooth(call, field));
            values = moved;
        }

        call.Finish(values);
    }

    private static Field OfProfile(CorruptionCall call)
    {
        // Factors of 244, not of the side: the generator's own.
        var (side, strength, sigma, jitter) = call.Profile == CorruptionProfile.Mnist
            ? call.Constant<(double, double, double, double)>([], [], [(28, 2, .7, .1), (28, 2, .08, .2), (28, .05, .01, .02), (28, .07, .01, .02), (28, .12, .01, .02)])
            : call.Constant<(double, double, double, double)>(
                [(32, 0, 0, .08), (32, .05, .2, .07), (32, .08, .06, .06), (32, .1, .04, .05), (32, .1, .03, .03)],
                [(64, 0, 0, .08), (64, .05, .3, .06), (64, .1, .08, .06), (64, .1, .03, .03), (64, .16, .03, .02)],
                [(244, 2, .7, .1), (244, 2, .08, .2), (244, .05, .01, .02), (244, .07, .01, .02), (244, .12, .01, .02)]);
        return new Field(side * strength, side * sigma, side * sigma, 1, side * jitter);
    }

    private static Field OfAnySize(CorruptionCall call)
    {
        var strength = call.Constant<double>([], [], [12.5, 16.25, 21.25, 25, 30]);
        return new Field(strength, call.Height * .01, call.Width * .01, call.Height * .005, 0);
    }

    /// <summary>The map that takes three corners of the middle to where they were moved, each by up to <paramref name="jitter"/> pixels a way.</summary>
    private static AffineMap Jittered(CorruptionCall call, double jitter)
    {
        var (centre, third) = (call.Height / 2, Math.Min(call.Height, call.Width) / 3);
        var (far, near) = ((float)(centre + third), (float)(centre - third));
        var (x1, y1) = (far + Draw(), far + Draw());
        var (x2, y2) = (far + Draw(), near + Draw());
        var (x3, y3) = (near + Draw(), near + Draw());
        return AffineMap.Of((far, far, x1, y1), (far, near, x2, y2), (near, near, x3, y3));

        float Draw() => (float)call.Draws.Uniform(-jitter, jitter);
    }

    private static Span<float> Smooth(CorruptionCall call, Field field)
    {
        var plane = call.Doubles(call.Height * call.Width);
        call.UniformField(field.Reach, plane);
        var between = call.Doubles(plane.Length);
        GaussianFilter.Of(field.DownSigma, Truncate).Down(call, plane, between, call.Height, call.Width, Border.Mirror);
        GaussianFilter.Of(field.AcrossSigma, Truncate).Across(call, between, plane, call.Height, call.Width, 1, Border.Mirror);
        var shifts = call.Floats(plane.Length);
        for (var i = 0; i < shifts.Length; i++) shifts[i] = (float)(plane[i] * field.Strength);
        return shifts;
    }

    /// <summary>target(y,x) = source(y + down, x + across), bilinear in float64.</summary>
    private static void Move(CorruptionCall call, ReadOnlySpan<float> source, Span<float> target, ReadOnlySpan<float> across, ReadOnlySpan<float> down)
    {
        var (height, width, channels) = (call.Height, call.Width, call.Channels);
        // With nothing beyond the border a position past the outermost pixels is itself nothing.
        var bounded = call.Profile == CorruptionProfile.Mnist;
        for (int i = 0, at = 0; i < down.Length; i++, at += channels)
        {
            double y = i / width + (double)down[i], x = i % width + (double)across[i];
            if (bounded && (y < 0 || y > height - 1 || x < 0 || x > width - 1))
            {
                target.Slice(at, channels).Clear();
                continue;
            }

            var (wholeY, wholeX) = ((int)Math.Floor(y), (int)Math.Floor(x));
            var (fy, fx) = (y - wholeY, x - wholeX);
            var (top, bottom) = (Border.Mirror.Index(wholeY, height) * width, Border.Mirror.Index(wholeY + 1, height) * width);
            var (left, right) = (Border.Mirror.Index(wholeX, width), Border.Mirror.Index(wholeX + 1, width));
            var (a, b, c, d) = ((1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx);
            for (var k = 0; k < channels; k++)
            {
                target[at + k] = (float)(a * source[(top + left) * channels + k] + b * source[(top + right) * channels + k]
                    + c * source[(bottom + left) * channels + k] + d * source[(bottom + right) * channels + k]);
            }
        }
    }

    private readonly record struct Field(double Strength, double DownSigma, double AcrossSigma, double Reach, double Jitter);
}
