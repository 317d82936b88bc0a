using System.Runtime.InteropServices;

namespace OnnxAudit.Files;

/// <summary>The LZ4F_* entry points. Source: lz4frame.h of LZ4 1.9 (ABI version 100). <see cref="SystemLibrary.Lz4"/> must be required first.</summary>
internal static unsafe partial class Lz4Library
{
    internal const uint Version = 100;

    /// <summary>LZ4F_preferences_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Preferences
    {
        public int BlockSize;
        public int BlockMode;
        public int ContentChecksum;
        public int FrameType;
        public ulong ContentSize;
        public uint Dictionary;
        public int BlockChecksum;
        public int Level;
        public uint AutoFlush;
        public uint FavourDecompression;
        public uint Reserved0;
        public uint Reserved1;
        public uint Reserved2;
    }

    /// <summary>The name of the error a call returned, or null when it succeeded.</summary>
    internal static string? Error(nuint result) => IsError(result) == 0 ? null : Marshal.PtrToStringUTF8((nint)ErrorName(result));

    [LibraryImport(SystemLibrary.Lz4Name, EntryPoint = "LZ4F_createCompressionContext")]
    internal static partial nuint CreateCompression(out nint context, uint version);

    [LibraryImport(SystemLibrary.Lz4Name, EntryPoint = "LZ4F_freeCompressionContext")]
    internal static partial nuint FreeCompression(nint context);

    [LibraryImport(SystemLibrary.Lz4Name, EntryPoint = "LZ4F_compressBegin")]
    internal static partial nuint CompressBegin(nint context, byte* target, nuint capacity, in Preferences preferences);

    [LibraryImport(SystemLibrary.Lz4Name, EntryPoint = "LZ4F_compressUpdate")]
    internal static partial nuint CompressUpdate(nint context, byte* target, nuint capacity, byte* source, nuint length, void* options);

    [LibraryImport(SystemLibrary.Lz4Name, EntryPoint = "LZ4F_compressEnd")]
    internal static partial nuint CompressEnd(nint context, byte* target, nuint capacity, void* options);

    [LibraryImport(SystemLibrary.Lz4Name, EntryPoint = "LZ4F_compressBound")]
    internal static partial nuint CompressBound(nuint length, in Preferences preferences);

    [LibraryImport(SystemLibrary.Lz4Name, EntryPoint = "LZ4F_createDecompressionContext")]
    internal static partial nuint CreateDecompression(out nint context, uint version);

    [LibraryImport(SystemLibrary.Lz4Name, EntryPoint = "LZ4F_freeDecompressionContext")]
    internal static partial nuint FreeDecompression(nint context);

    [LibraryImport(SystemLibrary.Lz4Name, EntryPoint = "LZ4F_decompress")]
    internal static partial nuint Decompress(nint context, byte* target, ref nuint produced, byte* source, ref nuint taken, void* options);

    [LibraryImport(SystemLibrary.Lz4Name, EntryPoint = "LZ4F_isError")]
    private static partial uint IsError(nuint code);

    [LibraryImport(SystemLibrary.Lz4Name, EntryPoint = "LZ4F_getErrorName")]
    private static partial byte* ErrorName(nuint code);
}
