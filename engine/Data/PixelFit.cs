namespace OnnxAudit.Data;

/// <summary>Resize of the short side and centre crop, as torchvision's Resize (on 8-bit images) and CenterCrop define them.</summary>
internal static class PixelFit
{
    /// <summary>The shape after resize and crop.</summary>
    /// <exception cref="AuditException">Invalid: the crop is larger than the image, or the image would grow beyond bounds.</exception>
    public static ImageShape ShapeOf(ImageShape shape, Preprocessing settings, string where)
    {
        var resized = Resized(shape, settings.Resize, where);
        if (settings.Crop is not { } crop) return resized;
        if (crop > resized.Height || crop > resized.Width)
            throw new AuditException(AuditCode.Invalid, where, FormattableString.Invariant($"an image of {resized} after resizing"),
                FormattableString.Invariant($"at least {crop}×{crop} for the crop"), "Set 'resize' to at least 'crop'.");
        return new ImageShape(shape.Channels, crop, crop);
    }

    /// <summary>Resizes and crops [H,W,C] pixels into <paramref name="target"/>; returns the shape.</summary>
    /// <exception cref="AuditException">Invalid: as <see cref="ShapeOf"/>.</exception>
    public static ImageShape Fit(byte[] pixels, ImageShape shape, Preprocessing? settings, Span<byte> target, string where)
    {
        if (settings is null) settings = Preprocessing.AlreadyDone;
        var fitted = ShapeOf(shape, settings, where);
        var resized = Resized(shape, settings.Resize, where);
        if (resized != shape) pixels = PixelResize.Apply(pixels, shape, resized.Height, resized.Width);
        var (top, left) = (HalfToEven(resized.Height - fitted.Height), HalfToEven(resized.Width - fitted.Width));
        var row = fitted.Width * fitted.Channels;
        for (var y = 0; y < fitted.Height; y++)
            pixels.AsSpan(((top + y) * resized.Width + left) * fitted.Channels, row).CopyTo(target[(y * row)..]);
        return fitted;
    }

    /// <summary>The short side becomes <paramref name="size"/>, the long one ⌊size·long/short⌋.</summary>
    private static ImageShape Resized(ImageShape shape, int? size, string where)
    {
        if (size is not { } side || side == Math.Min(shape.Height, shape.Width)) return shape;
        var (h, w) = ((long)shape.Height, (long)shape.Width);
        var newH = h <= w ? side : side * h / w;
        var newW = h <= w ? side * w / h : side;
        return newH * newW * shape.Channels <= 1 << 28 ? new ImageShape(shape.Channels, (int)newH, (int)newW)
            : throw new AuditException(AuditCode.Invalid, where, FormattableString.Invariant($"{newH}×{newW} pixels after resizing"), "at most 256 MiB", "Leave this image out.");
    }

    /// <summary>d/2 rounded half to even, as Python's round does in CenterCrop.</summary>
    private static int HalfToEven(int d) => (int)Math.Round(d / 2.0, MidpointRounding.ToEven);
}
