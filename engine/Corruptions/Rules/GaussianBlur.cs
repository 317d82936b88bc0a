namespace OnnxAudit.Corruptions.Rules;

/// <summary>A gaussian filter. Mnist's code blurs down the columns only. Source: arXiv:1903.12261 and its generators.</summary>
internal static class GaussianBlur
{
    public static void Apply(CorruptionCall call)
    {
        var sigma = call.Constant<double>([.4, .6, .7, .8, 1], [.5, .75, 1, 1.25, 1.5], [1, 2, 3, 4, 6]);
        var values = call.Doubles(call.Image.Length);
        UnitPixels.ToDoubles(call.Image, values);
        Filter(call, values, sigma);
        call.Finish(values);
    }

    /// <summary>The filter of this rule and of glass blur, in place.</summary>
    public static void Filter(CorruptionCall call, Span<double> values, double sigma) => GaussianFilter.Of(sigma)
        .Apply(call, values, call.Height, call.Width, call.Channels, columnsOnly: call.Profile == CorruptionProfile.Mnist && !call.Options.IsotropicBlur);
}
