using System.Buffers;

namespace OnnxAudit.Data;

/// <summary>
/// Antialiased resize of 8-bit images: each output pixel is the mean of the input under a filter, first along rows, then along columns, each pass in
/// fixed point with 22 fraction bits and rounded to 8 bits; a side that stays is passed over.
/// Source: the definition of Pillow's Image.resize, which torchvision's Resize calls; reproduced bit for bit.
/// </summary>
internal static class PixelResize
{
    private const int Half = 1 << (ResizeTaps.FractionBits - 1);

    /// <summary>Pixels [H,W,C] to [height,width,C].</summary>
    public static byte[] Apply(ReadOnlySpan<byte> pixels, ImageShape shape, int height, int width, ResizeFilter filter = ResizeFilter.Triangle)
    {
        var target = new byte[height * width * shape.Channels];
        Apply(pixels, shape, target, height, width, filter);
        return target;
    }

    /// <summary>Pixels [H,W,C] to [height,width,C] in <paramref name="target"/>, which must not overlap them.</summary>
    public static void Apply(ReadOnlySpan<byte> pixels, ImageShape shape, Span<byte> target, int height, int width, ResizeFilter filter = ResizeFilter.Triangle)
    {
        var channels = shape.Channels;
        if (height == shape.Height && width == shape.Width) pixels[..shape.Count].CopyTo(target);
        else if (width == shape.Width) Columns(pixels, target, ResizeTaps.For(filter, shape.Height, height), height, width * channels);
        else if (height == shape.Height) Rows(pixels, shape, target, ResizeTaps.For(filter, shape.Width, width), width);
        else
        {
            var middle = ArrayPool<byte>.Shared.Rent(shape.Height * width * channels);
            Rows(pixels, shape, middle, ResizeTaps.For(filter, shape.Width, width), width);
            Columns(middle, target, ResizeTaps.For(filter, shape.Height, height), height, width * channels);
            ArrayPool<byte>.Shared.Return(middle);
        }
    }

    private static void Rows(ReadOnlySpan<byte> source, ImageShape shape, Span<byte> target, ResizeTaps taps, int newWidth)
    {
        var channels = shape.Channels;
        for (var y = 0; y < shape.Height; y++)
        {
            var row = source.Slice(y * shape.Width * channels, shape.Width * channels);
            for (var x = 0; x < newWidth; x++)
            {
                var weights = taps.Weights(x, out var first);
                for (var c = 0; c < channels; c++)
                {
                    var sum = Half;
                    for (var k = 0; k < weights.Length; k++) sum += row[(first + k) * channels + c] * weights[k];
                    target[(y * newWidth + x) * channels + c] = Clip(sum);
                }
            }
        }
    }

    private static void Columns(ReadOnlySpan<byte> source, Span<byte> target, ResizeTaps taps, int newHeight, int rowLength)
    {
        var buffer = ArrayPool<int>.Shared.Rent(rowLength);
        var sums = buffer.AsSpan(0, rowLength);
        for (var y = 0; y < newHeight; y++)
        {
            var weights = taps.Weights(y, out var first);
            sums.Fill(Half);
            for (var k = 0; k < weights.Length; k++)
            {
                var row = source.Slice((first + k) * rowLength, rowLength);
                for (var i = 0; i < row.Length; i++) sums[i] += row[i] * weights[k];
            }

            for (var i = 0; i < rowLength; i++) target[y * rowLength + i] = Clip(sums[i]);
        }

        ArrayPool<int>.Shared.Return(buffer);
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResizeTaps.FractionBits, 0, 255);
}
