using System.Buffers;
using System.Globalization;
using OnnxAudit.Data;
using OnnxAudit.Kernels;

namespace OnnxAudit.Training;

/// <summary>
/// Random changes of training images, on pixels before normalisation: each is a function of seed, epoch and the sample's index in its source, so that neither
/// threads nor batches matter.
/// </summary>
/// <param name="Crop">Black pixels added on every side before a window of the image's own size is cut at random; 0: none.</param>
/// <param name="Flip">Whether half of the images are mirrored left to right.</param>
public sealed record Augmentation(int Crop = 0, bool Flip = false)
{
    /// <summary>Whether half of the images are mirrored top to bottom.</summary>
    public bool FlipVertical { get; init; }

    /// <summary>Reads "crop:4,flip,flip-vertical" or some of its parts.</summary>
    /// <exception cref="AuditException">Usage: something else.</exception>
    public static Augmentation Parse(string text)
    {
        var all = new Augmentation();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
            all = part == "flip" ? all with { Flip = true }
                : part == "flip-vertical" ? all with { FlipVertical = true }
                : part.StartsWith("crop:", StringComparison.Ordinal) && int.TryParse(part.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var crop) && crop is > 0 and <= 1024
                    ? all with { Crop = crop }
                : throw new AuditException(AuditCode.Usage, "augmentation", $"'{part}'", "crop:PIXELS, flip or flip-vertical, separated by commas", "Write e.g. crop:4,flip.");
        return all;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', new[] { Crop > 0 ? FormattableString.Invariant($"crop:{Crop}") : null, Flip ? "flip" : null, FlipVertical ? "flip-vertical" : null }.OfType<string>());

    /// <summary>The changes of one epoch, for images of one shape.</summary>
    public PixelTransform Transform(ImageShape shape, ulong seed, int epoch)
    {
        var draws = Philox.For(seed, "train.augment");
        return (sample, pixels) =>
        {
            var words = draws.Words((ulong)sample, (ulong)epoch);
            var places = (ulong)(2 * Crop + 1);
            Change(pixels, shape, (int)(words.A * places >> 32) - Crop, (int)(words.B * places >> 32) - Crop, Flip && words.C >> 31 == 1, FlipVertical && words.D >> 31 == 1);
        };
    }

    // pixels [H,W,C]: what was at (y + down, x + right) comes to (y, x), mirrored afterwards; black from outside.
    internal static void Change(Span<byte> pixels, ImageShape shape, int down, int right, bool mirrored, bool upsideDown)
    {
        if (down == 0 && right == 0 && !mirrored && !upsideDown) return;
        var (height, width, depth) = (shape.Height, shape.Width, shape.Channels);
        var rented = ArrayPool<byte>.Shared.Rent(pixels.Length);
        var from = rented.AsSpan(0, pixels.Length);
        pixels.CopyTo(from);
        pixels.Clear();
        for (var y = Math.Max(0, -down); y < Math.Min(height, height - down); y++)
        {
            Span<byte> source = from.Slice((y + down) * width * depth, width * depth), row = pixels.Slice((upsideDown ? height - 1 - y : y) * width * depth, width * depth);
            var (first, end) = (Math.Max(0, -right), Math.Min(width, width - right));
            if (first >= end) continue;
            if (!mirrored)
            {
                source[((first + right) * depth)..((end + right) * depth)].CopyTo(row[(first * depth)..]);
                continue;
            }

            for (var x = first; x < end; x++) source.Slice((x + right) * depth, depth).CopyTo(row[((width - 1 - x) * depth)..]);
        }

        ArrayPool<byte>.Shared.Return(rented);
    }
}
