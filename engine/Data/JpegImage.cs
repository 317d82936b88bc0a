using System.Runtime.InteropServices;
using OnnxAudit.Files;

namespace OnnxAudit.Data;

/// <summary>Reads JPEG through the TurboJPEG 2.x API: accurate DCT and smooth upsampling, the defaults of libjpeg. Source: TurboJPEG C API documentation.</summary>
internal static unsafe partial class JpegImage
{
    private const int PixelRgb = 0, AccurateDct = 4096;

    public static bool IsJpeg(ReadOnlySpan<byte> bytes) => bytes is [0xFF, 0xD8, 0xFF, ..];

    /// <summary>Pixels [H,W,3].</summary>
    /// <exception cref="AuditException">Invalid: damaged, too large or CMYK. Environment: the library is missing.</exception>
    public static (byte[] Pixels, ImageShape Shape) Read(ReadOnlySpan<byte> bytes, string where)
    {
        SystemLibrary.TurboJpeg.Require();
        var handle = InitDecompress();
        if (handle == 0) throw new AuditException(AuditCode.Environment, where, "libturbojpeg that does not start", "a decoder", "Free memory and try again.");
        try
        {
            fixed (byte* data = bytes)
            {
                int width, height, subsampling, colours;
                if (DecompressHeader(handle, data, new CULong((nuint)bytes.Length), &width, &height, &subsampling, &colours) != 0) throw Damaged(where, handle);
                ImageFile.CheckSize((uint)width, (uint)height, bytes.Length, where);
                var pixels = new byte[checked(width * height * 3)];
                fixed (byte* target = pixels)
                {
                    if (Decompress(handle, data, new CULong((nuint)bytes.Length), target, width, width * 3, height, PixelRgb, AccurateDct) != 0)
                        throw Damaged(where, handle);
                }

                return (pixels, new ImageShape(3, height, width));
            }
        }
        finally
        {
            _ = Destroy(handle);
        }
    }

    private static AuditException Damaged(string where, nint handle) => new(AuditCode.Invalid, where,
        $"a JPEG that cannot be read ({Marshal.PtrToStringUTF8(ErrorText(handle))?.Trim()})", "a whole grey or colour JPEG file", "Copy the file again or leave it out.");

    [LibraryImport(SystemLibrary.TurboJpegName, EntryPoint = "tjInitDecompress")]
    private static partial nint InitDecompress();

    [LibraryImport(SystemLibrary.TurboJpegName, EntryPoint = "tjDecompressHeader3")]
    private static partial int DecompressHeader(nint handle, byte* jpeg, CULong size, int* width, int* height, int* subsampling, int* colours);

    [LibraryImport(SystemLibrary.TurboJpegName, EntryPoint = "tjDecompress2")]
    private static partial int Decompress(nint handle, byte* jpeg, CULong size, byte* target, int width, int pitch, int height, int format, int flags);

    [LibraryImport(SystemLibrary.TurboJpegName, EntryPoint = "tjGetErrorStr2")]
    private static partial nint ErrorText(nint handle);

    [LibraryImport(SystemLibrary.TurboJpegName, EntryPoint = "tjDestroy")]
    private static partial int Destroy(nint handle);
}
