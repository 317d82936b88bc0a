using System.Runtime.InteropServices;
using OnnxAudit.Data;

namespace OnnxAudit.Tests.Corruptions;

/// <summary>The arrays of an archive in tests/oracles/corruptions.</summary>
internal sealed class StoredArrays(string file)
{
    private readonly string _path = Path.Combine(Path.GetDirectoryName(Data.ImageFileTests.Oracle("x"))!, "..", "corruptions", file);

    /// <summary>How many arrays are named <paramref name="name"/> and a number.</summary>
    public int Count(string name) => NpzFile.Members(_path).Count(m => Path.GetFileNameWithoutExtension(m.Name) is var n && n.StartsWith(name, StringComparison.Ordinal) && n[name.Length..].All(char.IsAsciiDigit));

    /// <summary>An array's sides.</summary>
    public int[] Sides(string name) => [.. NpyFile.Read($"{_path}!{name}").Dims.ToArray().Select(d => (int)d)];

    /// <summary>An array's values; <typeparamref name="T"/> is the stored type.</summary>
    public T[] Read<T>(string name)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(NpyFile.Read($"{_path}!{name}").Data.Span).ToArray();
}
