using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OnnxAudit.Kernels.OpenCl;

/// <summary>
/// Built OpenCL programs kept in a folder: one file per device, driver, build options and source, all hashed into its name. A file begins with
/// the digest of the rest, so a cut or foreign file is built anew instead of being handed to a driver.
/// </summary>
/// <param name="folder">Where; null keeps nothing.</param>
internal sealed class ProgramCache(string? folder)
{
    private const int DigestBytes = SHA256.HashSizeInBytes;

    /// <summary>The file that a program of this device has.</summary>
    public static string NameOf(OpenClDevice device, string source, string options)
    {
        var identity = string.Join('\n', device.Platform, device.PlatformVersion, device.Vendor, device.Name, device.Version, device.Driver, options, source);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity))) + ".clbin";
    }

    /// <summary>The binary kept under a name; null when there is none or it is not whole.</summary>
    public byte[]? Read(string name)
    {
        if (folder is null) return null;
        try
        {
            var file = File.ReadAllBytes(Path.Combine(folder, name));
            if (file.Length <= DigestBytes + sizeof(long)) return null;
            var binary = file.AsSpan(DigestBytes + sizeof(long));
            var whole = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(DigestBytes)) == binary.Length
                && SHA256.HashData(binary).AsSpan().SequenceEqual(file.AsSpan(0, DigestBytes));
            return whole ? binary.ToArray() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a binary: the file appears whole or not at all. A folder that cannot be written costs time, never a result, so it is no error.</summary>
    public void Write(string name, ReadOnlySpan<byte> binary)
    {
        if (folder is null) return;
        var temporary = Path.Combine(folder, $".{name}.{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(folder);
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                Span<byte> length = stackalloc byte[sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(length, binary.Length);
                file.Write(SHA256.HashData(binary));
                file.Write(length);
                file.Write(binary);
            }

            File.Move(temporary, Path.Combine(folder, name), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
        }
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be written cannot be deleted either; the name begins with a dot and is never read.
        }
    }
}
