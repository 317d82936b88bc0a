namespace OnnxAudit.Tests.Corruptions;

/// <summary>The images of the golden values and what is compared of a result.</summary>
internal static class TestPattern
{
    /// <summary>v(y,x,c) = (7x + 13y + 29c + 3xy) mod 256, [H,W,C].</summary>
    public static byte[] Crossed(int height, int width, int channels) => Fill(height, width, channels, (y, x, c) => 7 * x + 13 * y + 29 * c + 3 * x * y);

    /// <summary>v(y,x,c) = (5y + 3x + 40((⌊y/8⌋ + ⌊x/8⌋) mod 2) + 10c) mod 256, [H,W,C].</summary>
    public static byte[] Board(int height, int width, int channels) => Fill(height, width, channels, (y, x, c) => 5 * y + 3 * x + 40 * ((y / 8 + x / 8) % 2) + 10 * c);

    /// <summary>Bytes from System.Random.</summary>
    public static byte[] Noise(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>CRC-32 of zlib, eight hexadecimal digits.</summary>
    public static string Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return (~crc).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static byte[] Fill(int height, int width, int channels, Func<int, int, int, int> value)
    {
        var pixels = new byte[height * width * channels];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)value(i / (width * channels), i / channels % width, i % channels);
        return pixels;
    }
}
