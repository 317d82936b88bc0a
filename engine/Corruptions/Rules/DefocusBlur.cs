namespace OnnxAudit.Corruptions.Rules;

/// <summary>A lens out of focus: a disk kernel with a softened rim. Source: arXiv:1903.12261 and its generators.</summary>
internal static class DefocusBlur
{
    public static void Apply(CorruptionCall call)
    {
        var (radius, alias) = call.Constant<(double, double)>(
            [(.3, .4), (.4, .5), (.5, .6), (1, .2), (1.5, .1)], [(.5, .6), (1, .1), (1.5, .1), (2.5, .01), (3, .1)], [(3, .1), (4, .5), (6, .5), (8, .5), (10, .5)]);
        var kernel = DiskKernel.Of(radius, alias, call.Options.Float32Disk);
        var (height, width, channels, margin) = (call.Height, call.Width, call.Channels, kernel.Margin);
        var values = call.Doubles(call.Image.Length);
        UnitPixels.ToDoubles(call.Image, values);
        var wide = (width + 2 * margin) * channels;
        var padded = call.Doubles((height + 2 * margin) * wide);
        Border.MirrorInside.Pad(values, height, width, channels, margin, padded);
        var offsets = call.Ints(kernel.Weights.Length);
        for (var t = 0; t < offsets.Length; t++) offsets[t] = (margin + kernel.Dy[t]) * wide + (margin + kernel.Dx[t]) * channels;
        var row = width * channels;
        for (var y = 0; y < height; y++) Taps.Sum(padded[(y * wide)..], offsets, kernel.Weights, values.Slice(y * row, row));
        call.Finish(values);
    }
}
