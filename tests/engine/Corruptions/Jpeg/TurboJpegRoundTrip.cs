using System.Runtime.InteropServices;
using OnnxAudit.Data;
using OnnxAudit.Files;

namespace OnnxAudit.Tests.Corruptions.Jpeg;

/// <summary>libjpeg-turbo's own round trip in memory: accurate transform, 4:2:0, smooth up-sampling.</summary>
internal static unsafe partial class TurboJpegRoundTrip
{
    private const string Library = "libturbojpeg.so.0";
    private const int PixelRgb = 0, PixelGrey = 6, Half = 2, Grey = 3, AccurateDct = 4096;

    public static byte[] Apply(byte[] image, int height, int width, int channels, int quality)
    {
        SystemLibrary.TurboJpeg.Require();
        var (format, sampling) = channels == 1 ? (PixelGrey, Grey) : (PixelRgb, Half);
        var handle = InitCompress();
        byte* jpeg = null;
        var size = new CULong(0);
        try
        {
            fixed (byte* source = image)
                Assert.Equal(0, Compress(handle, source, width, width * channels, height, format, &jpeg, &size, sampling, quality, AccurateDct));
            var (pixels, shape) = JpegImage.Read(new ReadOnlySpan<byte>(jpeg, (int)size.Value), "memory");
            Assert.Equal((height, width), (shape.Height, shape.Width));
            return channels == 3 ? pixels : [.. pixels.Where((_, i) => i % 3 == 0)];
        }
        finally
        {
            Free(jpeg);
            _ = Destroy(handle);
        }
    }

    [LibraryImport(Library, EntryPoint = "tjInitCompress")]
    private static partial nint InitCompress();

    [LibraryImport(Library, EntryPoint = "tjCompress2")]
    private static partial int Compress(nint handle, byte* source, int width, int pitch, int height, int format, byte** jpeg, CULong* size, int sampling, int quality, int flags);

    [LibraryImport(Library, EntryPoint = "tjFree")]
    private static partial void Free(byte* buffer);

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    private static partial int Destroy(nint handle);
}
