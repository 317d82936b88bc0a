using System.Buffers.Binary;
using System.Text;
using OnnxAudit.Files;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Files;

public class Lz4FrameTests
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("angle, length, margin; ", 400)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(1_000_003)]
    public void Content_ComesBack(int length)
    {
        var content = new byte[length];
        for (var i = 0; i < length; i++) content[i] = (byte)(i * (i >> 7));
        using var packed = new MemoryStream();
        using (var frame = Lz4Frame.Compress(packed))
            for (var at = 0; at < length; at += 1000) frame.Write(content, at, Math.Min(1000, length - at));
        Assert.Equal(packed.Length, Lz4Frame.CompressedSize(content));
        Assert.Equal(packed.Length, Lz4Frame.CompressedSize(new MemoryStream(content)));
        packed.Position = 0;
        using var back = new MemoryStream();
        using (var frame = Lz4Frame.Decompress(packed, "x.lz4")) frame.CopyTo(back);
        Assert.Equal(content, back.ToArray());
    }

    /// <summary>Made by `lz4 -9 --content-size -BX -B4`: another writer's options are read too.</summary>
    [Fact]
    public void FrameOfAnotherProgram_IsRead()
    {
        var frame = Convert.FromBase64String(ForeignFrame);
        using var stream = Lz4Frame.Decompress(new MemoryStream(frame), "foreign.lz4");
        using var reader = new StreamReader(stream);
        Assert.Equal("geometry geometry geometry geometry", reader.ReadToEnd());
    }

    [Fact]
    public void Frame_DeclaresAContentChecksum()
    {
        var frame = Pack(Text);
        Assert.Equal(0x184D2204u, BinaryPrimitives.ReadUInt32LittleEndian(frame));
        Assert.NotEqual(0, frame[4] & 0b100);
    }

    public static TheoryData<string, string> Damages => new()
    {
        { "empty", "no LZ4 frame" }, { "magic", "no LZ4 frame" }, { "header", "damaged LZ4 data" }, { "half", "ends inside the frame" },
        { "checksum cut", "ends inside the frame" }, { "checksum wrong", "ERROR_contentChecksum_invalid" }, { "body", "damaged LZ4 data" }, { "trailing", "after the end" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void DamagedFrame_IsAnError_NamingTheFile(string damage, string found)
    {
        var frame = Pack(Text);
        switch (damage)
        {
            case "empty": frame = []; break;
            case "magic": frame[0] ^= 1; break;
            case "header": frame[6] ^= 1; break;
            case "half": frame = frame[..(frame.Length / 2)]; break;
            case "checksum cut": frame = frame[..^1]; break;
            case "checksum wrong": frame[^1] ^= 1; break;
            case "body": frame.AsSpan(11, 20).Fill(0xFF); break;
            default: frame = [.. frame, 0]; break;
        }

        var error = Assert.Throws<AuditException>(() =>
        {
            using var stream = Lz4Frame.Decompress(new MemoryStream(frame), "column.npy.lz4");
            stream.CopyTo(Stream.Null);
        });
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.StartsWith("column.npy.lz4", error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bomb_IsStopped_AtTheLimit()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Path);
        using (var file = File.Create(folder.In("bomb.lz4")))
        using (var frame = Lz4Frame.Compress(file))
            for (var i = 0; i < 1000; i++) frame.Write(new byte[1 << 16]);
        var error = Assert.Throws<AuditException>(() => Lz4Frame.ReadFile(folder.In("bomb.lz4"), 1 << 20));
        Assert.Contains("more than 1048576 bytes", error.Message, StringComparison.Ordinal);
        Assert.Equal(1000 << 16, Lz4Frame.ReadFile(folder.In("bomb.lz4"), 1000 << 16).Length);
    }

    [Fact]
    public void MissingLibrary_NamesThePackage()
    {
        var error = Assert.Throws<AuditException>(() => new SystemLibrary("test", "bundles", SystemLibrary.Lz4.Package, ["liblz4-none.so.9"]).Require());
        Assert.Equal(AuditCode.Environment, error.Code);
        Assert.Contains("liblz4-1", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var frame = Lz4Frame.Compress(packed)) frame.Write(content);
        return packed.ToArray();
    }

    private const string ForeignFrame = "BCJNGHxAIwAAAAAAAADrEwAAAJ9nZW9tZXRyeSAJAAJQbWV0cnkuLx/pAAAAAOdJiTA=";
}
