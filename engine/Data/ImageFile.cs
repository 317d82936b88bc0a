namespace OnnxAudit.Data;

/// <summary>One picture file; its first bytes say whether it is PNG or JPEG, whatever its name.</summary>
internal static class ImageFile
{
    private const long LargestFile = 256L << 20, MostPixels = 1 << 26;

    /// <summary>Neither format packs better; what claims to is not given memory.</summary>
    private const long MostPixelsPerByte = 1100;

    /// <summary>True for names that are taken for pictures.</summary>
    public static bool HasPictureName(string path) => Path.GetExtension(path).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg";

    /// <summary>Pixels [H,W,channels]; one channel is Pillow's convert("L"): ⌊(19595 R + 38470 G + 7471 B + 32768)/65536⌋.</summary>
    /// <exception cref="AuditException">Invalid: not a picture, damaged or too large. Environment: a library is missing.</exception>
    public static (byte[] Pixels, ImageShape Shape) Read(string path, int channels)
    {
        var bytes = Bytes(path);
        var (pixels, shape) = PngImage.IsPng(bytes) ? PngImage.Read(bytes, path)
            : JpegImage.IsJpeg(bytes) ? JpegImage.Read(bytes, path)
            : throw new AuditException(AuditCode.Invalid, path, bytes.Length == 0 ? "an empty file" : "neither PNG nor JPEG", "a PNG or JPEG file", "Convert the picture or leave it out.");
        return channels == 3 ? (pixels, shape) : (Grey(pixels), shape with { Channels = 1 });
    }

    /// <summary>Refuses sizes beyond bounds before memory is taken.</summary>
    /// <exception cref="AuditException">Invalid: too many pixels, in all or for the file's length.</exception>
    public static void CheckSize(uint width, uint height, int fileLength, string where)
    {
        var pixels = (ulong)width * height;
        if (pixels is 0 or > MostPixels || pixels > (ulong)fileLength * MostPixelsPerByte * 8)
            throw new AuditException(AuditCode.Invalid, where, FormattableString.Invariant($"{width}×{height} pixels in {fileLength} bytes"),
                FormattableString.Invariant($"at most {MostPixels} pixels"), "Leave this picture out.");
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > LargestFile)
                throw new AuditException(AuditCode.Invalid, path, FormattableString.Invariant($"{length} bytes"), "a picture of at most 256 MiB", "Leave this picture out.");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFault.Unreadable(path, e);
        }
    }

    private static byte[] Grey(ReadOnlySpan<byte> rgb)
    {
        var grey = new byte[rgb.Length / 3];
        for (int i = 0, from = 0; i < grey.Length; i++, from += 3)
            grey[i] = (byte)((19595 * rgb[from] + 38470 * rgb[from + 1] + 7471 * rgb[from + 2] + 32768) >> 16);
        return grey;
    }
}
