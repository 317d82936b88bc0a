using OnnxAudit.Corruptions;
using OnnxAudit.Data;

namespace OnnxAudit.Bench.Corruptions;

/// <summary>One picture of every corruption at every severity: a painted scene and a sample of synthetic:shapes, the clean image first in each row.</summary>
internal static class ContactSheet
{
    private const int Scale = 2, Gap = 4, LabelWidth = 140, HeadHeight = 20;
    private static readonly ImageShape Shape = new(3, 32, 32);

    internal static int Write(string path)
    {
        using var shapes = DataSpec.Open("synthetic:shapes?difficulty=0", new DataOptions());
        var sample = new byte[Shape.Count];
        shapes.ReadPixels(3, sample);
        byte[][] images = [Colourful(Shape), sample];
        var call = new CorruptionCall(CorruptionProfile.Cifar, Shape);
        const int tile = 32 * Scale + Gap, columns = Corruption.Severities + 1;
        var canvas = new Canvas(LabelWidth + images.Length * (columns * tile + 2 * Gap), HeadHeight + CorruptionTable.All.Count * tile);
        var made = new byte[Shape.Count];
        for (var row = 0; row < CorruptionTable.All.Count; row++)
        {
            var corruption = CorruptionTable.All[row];
            var top = HeadHeight + row * tile;
            canvas.Text(4, top + 32 * Scale / 2 - 5, corruption.Name);
            for (var i = 0; i < images.Length; i++)
            {
                for (var column = 0; column < columns; column++)
                {
                    var left = LabelWidth + i * (columns * tile + 2 * Gap) + column * tile;
                    if (row == 0) canvas.Text(left + 32 * Scale / 2 - 4, 4, column == 0 ? "-" : FormattableString.Invariant($"{column}"));
                    if (column > 0) call.Apply(corruption, column, 1, i, images[i], made);
                    canvas.Image(left, top, column == 0 ? images[i] : made, 32, Scale);
                }
            }
        }

        File.WriteAllBytes(path, canvas.ToPng());
        Console.WriteLine(FormattableString.Invariant($"{path}: {canvas.Width}×{canvas.Height}, {new FileInfo(path).Length / 1024} KiB"));
        return 0;
    }

    /// <summary>A scene painted by formula: sky and sun over hills and a red house, soft gradients and hard edges.</summary>
    internal static byte[] Colourful(ImageShape shape)
    {
        var image = new byte[shape.Count];
        for (var y = 0; y < shape.Height; y++)
        {
            for (var x = 0; x < shape.Width; x++)
            {
                var (r, g, b) = Scene((x + 0.5) / shape.Width, (y + 0.5) / shape.Height);
                var at = (y * shape.Width + x) * shape.Channels;
                if (shape.Channels == 1) image[at] = (byte)(0.3 * r + 0.59 * g + 0.11 * b);
                else (image[at], image[at + 1], image[at + 2]) = ((byte)r, (byte)g, (byte)b);
            }
        }

        return image;
    }

    private static (double R, double G, double B) Scene(double x, double y)
    {
        var sun = Math.Sqrt((x - 0.78) * (x - 0.78) + (y - 0.2) * (y - 0.2));
        var hill = 0.62 + 0.1 * Math.Sin(5 * x + 1);
        if (Math.Abs(x - 0.35) < 0.16 && y is > 0.5 and < 0.82)
            return Math.Abs(x - 0.35) < 0.05 && y > 0.66 ? (70, 45, 30) : Math.Abs(Math.Abs(x - 0.35) - 0.1) < 0.035 && y is > 0.56 and < 0.64 ? (250, 235, 150) : (190, 60 + 40 * y, 50);
        if (y is > 0.34 and <= 0.5 && Math.Abs(x - 0.35) < (y - 0.34) * 1.3 + 0.01) return (90, 40, 45);
        if (y > hill) return (60 + 60 * (y - hill), 130 - 70 * (y - hill) + 20 * Math.Sin(40 * x + 25 * y), 50);
        return sun < 0.1 ? (255, 225, 90) : (110 + 90 * y, 160 + 70 * y, 235 - 30 * y);
    }
}
