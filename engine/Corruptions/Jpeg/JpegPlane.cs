using System.Buffers;

namespace OnnxAudit.Corruptions.Jpeg;

/// <summary>One component's samples, its sides rounded up to whole blocks.</summary>
internal readonly struct JpegPlane
{
    private readonly byte[] _samples;

    private JpegPlane(int height, int width, int multiple)
    {
        Height = height;
        Width = width;
        PaddedHeight = (height + multiple - 1) / multiple * multiple;
        PaddedWidth = (width + multiple - 1) / multiple * multiple;
        _samples = ArrayPool<byte>.Shared.Rent(PaddedHeight * PaddedWidth);
    }

    /// <summary>Rows that carry the image.</summary>
    public int Height { get; }

    /// <summary>Columns that carry the image.</summary>
    public int Width { get; }

    public int PaddedHeight { get; }

    public int PaddedWidth { get; }

    /// <summary>All samples, row by row, padding included.</summary>
    public Span<byte> Samples => _samples.AsSpan(0, PaddedHeight * PaddedWidth);

    /// <summary>One row, padding included.</summary>
    public Span<byte> Row(int y) => _samples.AsSpan(y * PaddedWidth, PaddedWidth);

    /// <summary>A plane of this size; its samples are whatever the memory held.</summary>
    public static JpegPlane Rent(int height, int width, int multiple) => new(height, width, multiple);

    /// <summary>Repeats the image's last column into the padding.</summary>
    public void PadColumns()
    {
        for (var y = 0; y < Height; y++)
        {
            var row = Row(y);
            row[Width..].Fill(row[Width - 1]);
        }
    }

    /// <summary>Repeats the image's last row into the padding.</summary>
    public void PadRows()
    {
        for (var y = Height; y < PaddedHeight; y++) Row(Height - 1).CopyTo(Row(y));
    }

    public void Return() => ArrayPool<byte>.Shared.Return(_samples);
}
