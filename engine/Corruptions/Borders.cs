namespace OnnxAudit.Corruptions;

/// <summary>Index arithmetic and padding at image borders.</summary>
internal static class Borders
{
    /// <summary>The index inside [0, size) that index <paramref name="i"/> stands for; any distance from the image.</summary>
    public static int Index(this Border border, int i, int size)
    {
        if ((uint)i < (uint)size) return i;
        if (border == Border.Edge || size == 1) return Math.Clamp(i, 0, size - 1);
        var period = border == Border.Mirror ? 2 * size : 2 * size - 2;
        i = (i % period + period) % period;
        return i < size ? i : border == Border.Mirror ? period - 1 - i : period - i;
    }

    /// <summary>
    /// The plane [height, width · channels] with <paramref name="margin"/> pixels around it: into [height + 2·margin, (width + 2·margin) · channels].
    /// </summary>
    public static void Pad(this Border border, ReadOnlySpan<double> plane, int height, int width, int channels, int margin, Span<double> into)
    {
        var (row, wide) = (width * channels, (width + 2 * margin) * channels);
        for (var y = 0; y < height; y++) border.PadRow(plane.Slice(y * row, row), channels, margin, into.Slice((y + margin) * wide, wide));
        for (var y = 0; y < margin; y++)
        {
            into.Slice((border.Index(y - margin, height) + margin) * wide, wide).CopyTo(into[(y * wide)..]);
            into.Slice((border.Index(height + y, height) + margin) * wide, wide).CopyTo(into[((height + margin + y) * wide)..]);
        }
    }

    /// <summary>A row of pixels with <paramref name="margin"/> more on either side.</summary>
    public static void PadRow(this Border border, ReadOnlySpan<double> row, int channels, int margin, Span<double> into)
    {
        var width = row.Length / channels;
        row.CopyTo(into[(margin * channels)..]);
        for (var x = 0; x < margin; x++)
        {
            row.Slice(border.Index(x - margin, width) * channels, channels).CopyTo(into[(x * channels)..]);
            row.Slice(border.Index(width + x, width) * channels, channels).CopyTo(into[((margin + width + x) * channels)..]);
        }
    }
}
