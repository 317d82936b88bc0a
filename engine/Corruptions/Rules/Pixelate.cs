using OnnxAudit.Data;

namespace OnnxAudit.Corruptions.Rules;

/// <summary>Shrunk to box means and grown again to blocks. Source: arXiv:1903.12261 and its generators.</summary>
internal static class Pixelate
{
    public static void Apply(CorruptionCall call)
    {
        var factor = call.Constant<double>([.95, .9, .85, .75, .65], [.9, .8, .7, .6, .5], [.6, .5, .4, .3, .25]);
        var small = new ImageShape(call.Channels, (int)(call.Height * factor), (int)(call.Width * factor));
        var blocks = call.Bytes(small.Count);
        PixelResize.Apply(call.Image, call.Shape, blocks, small.Height, small.Width, ResizeFilter.Box);
        if (call.Profile == CorruptionProfile.AnySize) CopyNearest(blocks, small, call.Output, call.Shape);
        else PixelResize.Apply(blocks, small, call.Output, call.Height, call.Width, ResizeFilter.Box);
    }

    /// <summary>imagecorruptions grows with Pillow's NEAREST: the block in which an output pixel's centre lies, centres counted up in float64.</summary>
    private static void CopyNearest(ReadOnlySpan<byte> blocks, ImageShape small, Span<byte> output, ImageShape shape)
    {
        var channels = shape.Channels;
        var (down, across) = ((double)small.Height / shape.Height, (double)small.Width / shape.Width);
        var fromY = 0.5 * down;
        for (var y = 0; y < shape.Height; y++, fromY += down)
        {
            var row = blocks.Slice((int)fromY * small.Width * channels, small.Width * channels);
            var fromX = 0.5 * across;
            for (var x = 0; x < shape.Width; x++, fromX += across) row.Slice((int)fromX * channels, channels).CopyTo(output[((y * shape.Width + x) * channels)..]);
        }
    }
}
