using System.Buffers.Binary;
using System.IO.Compression;

namespace OnnxAudit.Bench.Corruptions;

/// <summary>A white picture with images and small letters on it.</summary>
internal sealed class Canvas
{
    // Three columns by five rows of bits each, top row first, '_' to 'z' as the names need them.
    private static readonly Dictionary<char, int> Letters = new (char Letter, int Bits)[]
    {
        ('a', 0b010_101_111_101_101), ('b', 0b110_101_110_101_110), ('c', 0b011_100_100_100_011), ('d', 0b110_101_101_101_110), ('e', 0b111_100_110_100_111),
        ('f', 0b111_100_110_100_100), ('g', 0b011_100_101_101_011), ('h', 0b101_101_111_101_101), ('i', 0b111_010_010_010_111), ('j', 0b001_001_001_101_010),
        ('k', 0b101_101_110_101_101), ('l', 0b100_100_100_100_111), ('m', 0b101_111_111_101_101), ('n', 0b110_101_101_101_101), ('o', 0b010_101_101_101_010),
        ('p', 0b110_101_110_100_100), ('q', 0b010_101_101_110_011), ('r', 0b110_101_110_101_101), ('s', 0b011_100_010_001_110), ('t', 0b111_010_010_010_010),
        ('u', 0b101_101_101_101_111), ('v', 0b101_101_101_101_010), ('w', 0b101_101_111_111_101), ('x', 0b101_101_010_101_101), ('y', 0b101_101_010_010_010),
        ('z', 0b111_001_010_100_111), ('1', 0b010_110_010_010_111), ('2', 0b110_001_010_100_111), ('3', 0b110_001_010_001_110), ('4', 0b101_101_111_001_001),
        ('5', 0b111_100_110_001_110), ('-', 0b000_000_111_000_000),
    }.ToDictionary(l => l.Letter, l => l.Bits);

    private readonly byte[] _pixels;

    internal Canvas(int width, int height)
    {
        (Width, Height) = (width, height);
        _pixels = new byte[width * height * 3];
        _pixels.AsSpan().Fill(255);
    }

    internal int Width { get; }

    internal int Height { get; }

    /// <summary>An image [side, side, 3], each pixel a square of <paramref name="scale"/>, to six bits of colour: noise hardly packs, and the eye does not see the rest.</summary>
    internal void Image(int left, int top, byte[] image, int side, int scale)
    {
        for (var y = 0; y < side * scale; y++)
        {
            for (var x = 0; x < 3 * side * scale; x++) At(left, top + y)[x] = (byte)(image[(y / scale * side + x / 3 / scale) * 3 + x % 3] >> 2 << 2);
        }
    }

    /// <summary>Words in letters two pixels thick; what has no letter is a space.</summary>
    internal void Text(int left, int top, string text)
    {
        const int thick = 2;
        for (var i = 0; i < text.Length; i++)
        {
            var bits = Letters.GetValueOrDefault(text[i]);
            for (var dot = 0; dot < 15 * thick * thick; dot++)
            {
                var (x, y) = (dot % (3 * thick), dot / (3 * thick));
                if ((bits >> (14 - (y / thick * 3 + x / thick)) & 1) != 0) At(left + i * 4 * thick + x, top + y)[..3].Fill(40);
            }
        }
    }

    /// <summary>The picture as a PNG file: 8-bit RGB.</summary>
    internal byte[] ToPng()
    {
        using var file = new MemoryStream();
        file.Write([0x89, .. "PNG\r\n"u8, 0x1A, 0x0A]);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, Width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), Height);
        (head[8], head[9]) = (8, 2);
        Chunk(file, "IHDR"u8, head);
        using var rows = new MemoryStream();
        using (var packed = new ZLibStream(rows, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var y = 0; y < Height; y++) packed.Write(Filtered(y));
        }

        Chunk(file, "IDAT"u8, rows.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>A row with its filter in front: as it is, relative to its left, or to the row above, whichever leaves the smallest bytes.</summary>
    private byte[] Filtered(int y)
    {
        var row = Width * 3;
        var own = _pixels.AsSpan(y * row, row);
        var above = y > 0 ? _pixels.AsSpan((y - 1) * row, row) : new byte[row];
        byte[] best = [];
        var least = long.MaxValue;
        for (byte filter = 0; filter < 3; filter++)
        {
            var line = new byte[row + 1];
            line[0] = filter;
            for (var i = 0; i < row; i++) line[i + 1] = (byte)(own[i] - filter switch { 1 => i >= 3 ? own[i - 3] : 0, 2 => above[i], _ => 0 });
            var size = line.Skip(1).Sum(b => (long)Math.Abs((int)(sbyte)b));
            if (size < least) (best, least) = (line, size);
        }

        return best;
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] body = [.. name, .. data];
        file.Write(body);
        var crc = ~0u;
        foreach (var b in body)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }

        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        file.Write(number);
    }

    private Span<byte> At(int x, int y) => _pixels.AsSpan((y * Width + x) * 3);
}
