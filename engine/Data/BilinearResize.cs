namespace OnnxAudit.Data;

/// <summary>
/// Antialiased bilinear resize of 8-bit images: each output pixel is the mean of the input under a triangle of half-width max(scale, 1),
/// first along rows, then along columns, each pass in fixed point with 22 fraction bits and rounded to 8 bits.
/// Source: the definition of Pillow's Image.resize(BILINEAR), which torchvision's Resize calls; reproduced bit for bit.
/// </summary>
internal static class BilinearResize
{
    private const int FractionBits = 22;

    /// <summary>Pixels [H,W,C] to [height,width,C].</summary>
    public static byte[] Apply(ReadOnlySpan<byte> pixels, ImageShape shape, int height, int width)
    {
        var channels = shape.Channels;
        var middle = width == shape.Width ? pixels : Rows(pixels, shape.Height, shape.Width, width, channels);
        return height == shape.Height ? middle.ToArray() : Columns(middle, shape.Height, height, width * channels);
    }

    private static byte[] Rows(ReadOnlySpan<byte> source, int height, int width, int newWidth, int channels)
    {
        var taps = Taps.For(width, newWidth);
        var target = new byte[height * newWidth * channels];
        for (var y = 0; y < height; y++)
        {
            var row = source.Slice(y * width * channels, width * channels);
            for (var x = 0; x < newWidth; x++)
            {
                var weights = taps.Weights(x, out var first);
                for (var c = 0; c < channels; c++)
                {
                    var sum = 1 << (FractionBits - 1);
                    for (var k = 0; k < weights.Length; k++) sum += row[(first + k) * channels + c] * weights[k];
                    target[(y * newWidth + x) * channels + c] = Clip(sum);
                }
            }
        }

        return target;
    }

    private static byte[] Columns(ReadOnlySpan<byte> source, int height, int newHeight, int rowLength)
    {
        var taps = Taps.For(height, newHeight);
        var target = new byte[newHeight * rowLength];
        var sums = new int[rowLength];
        for (var y = 0; y < newHeight; y++)
        {
            var weights = taps.Weights(y, out var first);
            Array.Fill(sums, 1 << (FractionBits - 1));
            for (var k = 0; k < weights.Length; k++)
            {
                var row = source.Slice((first + k) * rowLength, rowLength);
                for (var i = 0; i < row.Length; i++) sums[i] += row[i] * weights[k];
            }

            for (var i = 0; i < rowLength; i++) target[y * rowLength + i] = Clip(sums[i]);
        }

        return target;
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> FractionBits, 0, 255);

    /// <summary>Per output position the first input position and the fixed-point weights of it and its successors; they sum to 1.</summary>
    private sealed class Taps
    {
        private readonly int[] _first;
        private readonly int[][] _weights;

        private Taps(int count) => (_first, _weights) = (new int[count], new int[count][]);

        public ReadOnlySpan<int> Weights(int at, out int first)
        {
            first = _first[at];
            return _weights[at];
        }

        public static Taps For(int size, int newSize)
        {
            var taps = new Taps(newSize);
            var scale = (double)size / newSize;
            var reach = Math.Max(scale, 1.0);
            for (var at = 0; at < newSize; at++)
            {
                var centre = (at + 0.5) * scale;
                var first = Math.Max(0, (int)(centre - reach + 0.5));
                var end = Math.Min(size, (int)(centre + reach + 0.5));
                var exact = new double[end - first];
                var total = 0.0;
                for (var k = 0; k < exact.Length; k++)
                {
                    exact[k] = Math.Max(0, 1 - Math.Abs((first + k - centre + 0.5) * (1 / reach)));
                    total += exact[k];
                }

                taps._first[at] = first;
                taps._weights[at] = Array.ConvertAll(exact, w => (int)(0.5 + w / total * (1 << FractionBits)));
            }

            return taps;
        }
    }
}
