using System.Globalization;
using System.Runtime.CompilerServices;
using OnnxAudit.Corruptions;
using OnnxAudit.Data;

namespace OnnxAudit.Tests.Corruptions;

/// <summary>What the published generators make of the test image T. Source: golden.txt, computed with numpy, SciPy, scikit-image and Pillow.</summary>
internal sealed record GoldenRow(CorruptionProfile Profile, string Name, int Severity, string Draws, long Sum, long Difference, uint Crc, byte[] First, byte[] Inner)
{
    public static IReadOnlyList<GoldenRow> All { get; } = [.. Table("golden.txt").Select(f => new GoldenRow(Enum.Parse<CorruptionProfile>(f[0]), f[1], Number(f[2]), f[3],
        Number(f[4]), Number(f[5]), uint.Parse(f[6], NumberStyles.HexNumber, CultureInfo.InvariantCulture), Pixel(f[7]), Pixel(f[8])))];

    public ImageShape Shape => Profile switch
    {
        CorruptionProfile.Cifar => new(3, 32, 32),
        CorruptionProfile.ImageNet => new(3, 224, 224),
        CorruptionProfile.AnySize => new(3, 40, 48),
        _ => new(1, 28, 28),
    };

    /// <summary>Image T: v(y,x,c) = (7x + 13y + 29c + 3xy) mod 256.</summary>
    public static byte[] ImageT(ImageShape shape)
    {
        var image = new byte[shape.Count];
        var at = 0;
        for (var y = 0; y < shape.Height; y++)
        {
            for (var x = 0; x < shape.Width; x++)
            {
                for (var c = 0; c < shape.Channels; c++) image[at++] = (byte)(7 * x + 13 * y + 29 * c + 3 * x * y);
            }
        }

        return image;
    }

    /// <summary>The pixel at row 5, column 7.</summary>
    public static byte[] InnerPixel(byte[] image, ImageShape shape) => image.AsSpan((5 * shape.Width + 7) * shape.Channels, shape.Channels).ToArray();

    /// <summary>The tab-separated rows of a file beside this one; '#' begins a remark.</summary>
    public static IEnumerable<string[]> Table(string name, [CallerFilePath] string here = "") =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, name)).Where(l => !l.StartsWith('#')).Select(l => l.Split('\t'));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static byte[] Pixel(string text) => [.. text.Split('/').Select(v => (byte)Number(v))];
}
