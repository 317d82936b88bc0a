using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Data;

/// <summary>Writes .npy: version 1.0, little-endian, C order, elements at a multiple of 64 bytes.</summary>
public static class NpyWriter
{
    /// <summary>The head of an array of <paramref name="type"/> and <paramref name="dims"/>; the elements follow directly.</summary>
    /// <exception cref="ArgumentException">NumPy has no such type.</exception>
    public static byte[] Header(ElementType type, params ReadOnlySpan<long> dims)
    {
        var shape = new StringBuilder("(");
        for (var i = 0; i < dims.Length; i++)
        {
            if (i > 0) shape.Append(", ");
            shape.Append(dims[i].ToString(CultureInfo.InvariantCulture));
        }

        shape.Append(dims.Length == 1 ? ",)" : ")");
        var dict = $"{{'descr': '{NpyHeader.DescrOf(type)}', 'fortran_order': False, 'shape': {shape}, }}";
        var total = (10 + dict.Length + 1 + 63) / 64 * 64;
        var text = dict.PadRight(total - 11) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)(text.Length & 255), (byte)(text.Length >> 8), .. Encoding.ASCII.GetBytes(text)];
    }

    /// <summary>Writes a whole array to a stream.</summary>
    /// <exception cref="ArgumentException">The values do not fill the shape.</exception>
    public static void Write<T>(Stream stream, ElementType type, ReadOnlySpan<long> dims, ReadOnlySpan<T> values) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        if (bytes.Length != type.ByteLength(Tensor.CountOf(dims))) throw new ArgumentException("the values do not fill the shape", nameof(values));
        stream.Write(Header(type, dims));
        stream.Write(bytes);
    }

    /// <summary>Writes a whole array to a file, atomically.</summary>
    /// <exception cref="AuditException">Environment: the file cannot be written.</exception>
    public static void Write<T>(string path, ElementType type, ReadOnlySpan<long> dims, ReadOnlyMemory<T> values) where T : unmanaged
    {
        var shape = dims.ToArray();
        AtomicFile.Write(path, stream => Write(stream, type, shape, values.Span));
    }
}
