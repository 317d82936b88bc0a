namespace OnnxAudit.Corruptions.Rules;

/// <summary>A piece of a frost picture laid over a darkened image. Source: arXiv:1903.12261 and its generators; the pictures: <see cref="Ice.FrostSource"/>.</summary>
internal static class Frost
{
    public static void Apply(CorruptionCall call)
    {
        var (keep, add) = call.Constant<(double, double)>(
            [(1, .2), (1, .3), (.9, .4), (.85, .4), (.75, .45)], [(1, .3), (.9, .4), (.8, .45), (.75, .5), (.7, .55)], [(1, .4), (.8, .6), (.7, .7), (.65, .7), (.6, .75)]);
        var source = call.Options.Frost;
        var plate = source.Plate(call.Draws.Integer(source.Count), call.Profile, call.Shape);
        var top = call.Draws.Integer(plate.Shape.Height - call.Height);
        var left = call.Draws.Integer(plate.Shape.Width - call.Width);
        var rounds = call.Profile == CorruptionProfile.Mnist;
        var length = call.Width * call.Channels;
        for (var y = 0; y < call.Height; y++)
        {
            var image = call.Image.Slice(y * length, length);
            var output = call.Output.Slice(y * length, length);
            var frost = plate.Pixels.AsSpan(((top + y) * plate.Shape.Width + left) * call.Channels, length);
            for (var i = 0; i < length; i++)
            {
                var value = Math.Clamp(keep * image[i] + add * frost[i], 0, 255);
                output[i] = (byte)(rounds ? MathF.Round((float)value) : value);
            }
        }
    }
}
