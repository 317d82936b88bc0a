using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace OnnxAudit.Tests.Runtime;

/// <summary>A version 1 .npy file of float32 or float64 in C order, as floats: enough for the oracles.</summary>
internal sealed record NpyArray(long[] Dims, float[] Values)
{
    public static NpyArray Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var start = 10 + BitConverter.ToUInt16(bytes, 8);
        var header = Encoding.ASCII.GetString(bytes, 10, start - 10);
        var dims = Regex.Match(header, @"'shape': \(([^)]*)\)").Groups[1].Value
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(d => long.Parse(d, CultureInfo.InvariantCulture)).ToArray();
        var data = bytes.AsSpan(start);
        if (header.Contains("'<f4'", StringComparison.Ordinal)) return new NpyArray(dims, MemoryMarshal.Cast<byte, float>(data).ToArray());
        Assert.Contains("'<f8'", header, StringComparison.Ordinal);
        return new NpyArray(dims, [.. MemoryMarshal.Cast<byte, double>(data).ToArray().Select(v => (float)v)]);
    }
}
