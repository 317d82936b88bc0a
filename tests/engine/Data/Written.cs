using System.Buffers.Binary;
using System.IO.Compression;
using OnnxAudit.Data;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Data;

/// <summary>A folder of data files written for one test; removed on disposal.</summary>
internal sealed class Written : IDisposable
{
    public Written() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "onnxaudit-data-" + Guid.NewGuid().ToString("N"));

    public string this[string name] => Path.Combine(Folder, name);

    public string Bytes(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public string Text(string name, string text) => Bytes(name, System.Text.Encoding.UTF8.GetBytes(text));

    public string Npy<T>(string name, ElementType type, long[] dims, T[] values) where T : unmanaged
    {
        NpyWriter.Write<T>(this[name], type, dims, values);
        return this[name];
    }

    /// <summary>An npy file with any head text and any data.</summary>
    public string RawNpy(string name, string head, int data = 0, byte version = 1) => Bytes(name, RawNpy(head, data, version));

    public static byte[] RawNpy(string head, int data = 0, byte version = 1)
    {
        var length = new byte[version == 1 ? 2 : 4];
        if (version == 1) BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)head.Length);
        else BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)head.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. System.Text.Encoding.Latin1.GetBytes(head), .. new byte[data]];
    }

    public string Npz(string name, params (string Member, byte[] Bytes)[] members)
    {
        using var archive = new ZipArchive(File.Create(this[name]), ZipArchiveMode.Create);
        foreach (var (member, bytes) in members)
        {
            using var stream = archive.CreateEntry(member).Open();
            stream.Write(bytes);
        }

        return this[name];
    }

    public static byte[] Idx(int[] dims, byte[] data)
    {
        var head = new byte[4 + 4 * dims.Length];
        (head[2], head[3]) = (8, (byte)dims.Length);
        for (var d = 0; d < dims.Length; d++) BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4 + 4 * d), dims[d]);
        return [.. head, .. data];
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Optimal)) stream.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>An 8-bit grey PNG whose head declares the size given, over any scan lines.</summary>
    public static byte[] Png(int width, int height, byte[] lines)
    {
        static byte[] BigEndian(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
        static byte[] Chunk(string name, byte[] data)
        {
            byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(name), .. data];
            var crc = uint.MaxValue;
            foreach (var b in body)
            {
                crc ^= b;
                for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
            }

            return [.. BigEndian((uint)data.Length), .. body, .. BigEndian(~crc)];
        }

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal)) zlib.Write(lines);
        return [0x89, .. "PNG\r\n\u001A\n"u8, .. Chunk("IHDR", [.. BigEndian((uint)width), .. BigEndian((uint)height), 8, 0, 0, 0, 0]),
            .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    /// <summary>CIFAR-10 records with the labels given; the pixel bytes count up from the label.</summary>
    public static byte[] Cifar(params byte[] labels) =>
        [.. labels.SelectMany(l => (byte[])[l, .. Enumerable.Range(0, 3072).Select(i => (byte)(l + i / 1024 * 50 + i % 7))])];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
