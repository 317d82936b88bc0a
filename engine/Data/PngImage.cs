using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using OnnxAudit.Files;

namespace OnnxAudit.Data;

/// <summary>
/// Reads PNG through libpng's simplified API, whose errors are return values. Colour profiles and gamma are let be and transparency is
/// dropped, as Pillow's convert("RGB") does. Source: libpng manual, section "Simplified API".
/// </summary>
internal static unsafe partial class PngImage
{
    private const uint ImageVersion = 1, FormatRgba = 3, Flag16BitSrgb = 4;

    public static bool IsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);

    /// <summary>Pixels [H,W,3].</summary>
    /// <exception cref="AuditException">Invalid: damaged or too large. Environment: libpng is missing.</exception>
    public static (byte[] Pixels, ImageShape Shape) Read(ReadOnlySpan<byte> bytes, string where)
    {
        SystemLibrary.Png.Require();
        var plain = WithoutColourChunks(bytes, where);
        var image = new Image { Version = ImageVersion };
        fixed (byte* data = plain)
        {
            try
            {
                if (BeginReadFromMemory(&image, data, (nuint)plain.Length) == 0) throw Damaged(where, &image);
                ImageFile.CheckSize(image.Width, image.Height, bytes.Length, where);
                image.Format = FormatRgba;
                image.Flags |= Flag16BitSrgb;
                var rgba = new byte[checked((int)(image.Width * image.Height * 4))];
                fixed (byte* target = rgba)
                {
                    if (FinishRead(&image, null, target, 0, null) == 0 || (image.WarningOrError & 3) != 0) throw Damaged(where, &image);
                }

                return (DropAlpha(rgba), new ImageShape(3, (int)image.Height, (int)image.Width));
            }
            finally
            {
                Free(&image);
            }
        }
    }

    private static byte[] DropAlpha(ReadOnlySpan<byte> rgba)
    {
        var rgb = new byte[rgba.Length / 4 * 3];
        for (int i = 0, to = 0; i < rgba.Length; i += 4, to += 3)
        {
            rgb[to] = rgba[i];
            rgb[to + 1] = rgba[i + 1];
            rgb[to + 2] = rgba[i + 2];
        }

        return rgb;
    }

    /// <summary>Copies the file without gAMA, cHRM, iCCP and sRGB, by which libpng would change the values.</summary>
    private static byte[] WithoutColourChunks(ReadOnlySpan<byte> bytes, string where)
    {
        var kept = new byte[bytes.Length];
        bytes[..8].CopyTo(kept);
        int from = 8, to = 8;
        while (from < bytes.Length)
        {
            if (bytes.Length - from < 12) throw Cut(where);
            var length = 12L + BinaryPrimitives.ReadUInt32BigEndian(bytes[from..]);
            if (length > bytes.Length - from) throw Cut(where);
            var chunk = bytes.Slice(from, (int)length);
            var name = Encoding.ASCII.GetString(chunk.Slice(4, 4));
            if (name is not ("gAMA" or "cHRM" or "iCCP" or "sRGB"))
            {
                chunk.CopyTo(kept.AsSpan(to));
                to += chunk.Length;
            }

            if (name == "IEND") break; // what follows is no part of the picture
            from += chunk.Length;
        }

        return kept[..to];
    }

    private static AuditException Cut(string where) => DataFault.Length(where, "a PNG that ends inside a chunk", "a whole PNG file");

    private static AuditException Damaged(string where, Image* image) => new(AuditCode.Invalid, where,
        $"a PNG that cannot be read ({Marshal.PtrToStringUTF8((nint)image->Message)})", "a whole PNG file", "Copy the file again or leave it out.");

    [LibraryImport(SystemLibrary.PngName, EntryPoint = "png_image_begin_read_from_memory")]
    private static partial int BeginReadFromMemory(Image* image, byte* memory, nuint size);

    [LibraryImport(SystemLibrary.PngName, EntryPoint = "png_image_finish_read")]
    private static partial int FinishRead(Image* image, void* background, byte* buffer, int rowStride, void* colormap);

    [LibraryImport(SystemLibrary.PngName, EntryPoint = "png_image_free")]
    private static partial void Free(Image* image);

    /// <summary>png_image.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Image
    {
        public nint Opaque;
        public uint Version, Width, Height, Format, Flags, ColormapEntries, WarningOrError;
        public fixed byte Message[64];
    }
}
