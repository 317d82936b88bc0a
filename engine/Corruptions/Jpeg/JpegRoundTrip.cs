namespace OnnxAudit.Corruptions.Jpeg;

/// <summary>
/// What a baseline JPEG keeps of an image: compressed and decompressed with the Annex-K tables, 4:2:0 chroma, the accurate integer transform and smooth
/// up-sampling, in integers throughout. The entropy coder loses nothing and is left out.
/// Source: ITU-T T.81; bit for bit what Pillow's save and open give.
/// </summary>
internal static class JpegRoundTrip
{
    /// <summary>Writes to <paramref name="output"/> what quality <paramref name="quality"/> (1 to 100) keeps of pixels [H,W,channels] (1 or 3 channels).</summary>
    public static void Apply(ReadOnlySpan<byte> image, Span<byte> output, int height, int width, int channels, int quality)
    {
        var steps = (stackalloc float[JpegBlocks.Count]);
        if (channels == 1)
        {
            var grey = JpegPlane.Rent(height, width, 8);
            for (var y = 0; y < height; y++) image.Slice(y * width, width).CopyTo(grey.Row(y));
            grey.PadColumns();
            grey.PadRows();
            JpegTables.Luminance(quality, steps);
            JpegBlocks.RoundTrip(grey, steps);
            for (var y = 0; y < height; y++) grey.Row(y)[..width].CopyTo(output[(y * width)..]);
            grey.Return();
            return;
        }

        var luma = JpegPlane.Rent(height, width, 16);
        var (halfHeight, halfWidth) = ((height + 1) / 2, (width + 1) / 2);
        var blue = JpegPlane.Rent(halfHeight, halfWidth, 8);
        var red = JpegPlane.Rent(halfHeight, halfWidth, 8);
        JpegColour.Split(image, luma, blue, red, height, width);
        JpegTables.Luminance(quality, steps);
        JpegBlocks.RoundTrip(luma, steps);
        JpegTables.Chrominance(quality, steps);
        JpegBlocks.RoundTrip(blue, steps);
        JpegBlocks.RoundTrip(red, steps);
        JpegColour.Join(luma, blue, red, output, height, width);
        luma.Return();
        blue.Return();
        red.Return();
    }
}
