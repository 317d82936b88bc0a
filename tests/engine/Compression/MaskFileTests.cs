using System.Buffers.Binary;
using System.Security.Cryptography;
using OnnxAudit.Compression;

namespace OnnxAudit.Tests.Compression;

public sealed class MaskFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"oa-masks-{Guid.NewGuid():n}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Load_GivesBackWhatSaveWrote()
    {
        var masks = Some();
        masks.Save(_path);
        var back = MaskSet.Load(_path);
        Assert.Equal(["conv/w", "größe"], back.Select(m => m.Tensor));
        foreach (var (a, b) in masks.Zip(back)) Assert.True(a.Count == b.Count && a.Kept == b.Kept && a.Bits.SequenceEqual(b.Bits));
        Assert.Equal(masks.Digest, back.Digest);
    }

    [Fact]
    public void Digest_Changes_WithOneBit()
    {
        Assert.NotEqual(new MaskSet([new Mask("w", 9, [1, 0])]).Digest, new MaskSet([new Mask("w", 9, [2, 0])]).Digest);
    }

    [Fact]
    public void Load_RefusesEveryTruncation()
    {
        var bytes = Bytes();
        for (var length = 0; length < bytes.Length; length++) Refused(bytes[..length]);
    }

    [Fact]
    public void Load_RefusesEveryFlippedByte()
    {
        var bytes = Bytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= 0x40;
            Refused(changed);
        }
    }

    [Theory]
    [InlineData("""{"masks":[{"tensor":"w","count":9223372036854775807,"kept":0}]}""")]
    [InlineData("""{"masks":[{"tensor":"w","count":-1,"kept":0}]}""")]
    [InlineData("""{"masks":[{"tensor":"w","count":8,"kept":3}]}""")]
    [InlineData("""{"masks":[{"tensor":"w","count":4,"kept":1}]}""")]
    [InlineData("""{"masks":[{"tensor":null,"count":8,"kept":8}]}""")]
    [InlineData("""{"masks":[{"tensor":"w","count":"8","kept":8}]}""")]
    [InlineData("""{"masks":[]}""")]
    [InlineData("""{"masks":{}}""")]
    [InlineData("""[]""")]
    [InlineData("""{""")]
    public void Load_RefusesALyingIndex_UnderAValidChecksum(string index) => Refused(Signed(1, index, [0xFF]));

    [Fact]
    public void Load_NamesTheVersion_OfANewerFile()
    {
        File.WriteAllBytes(_path, Signed(2, "{}", []));
        Assert.Contains("version 2", Assert.Throws<AuditException>(() => MaskSet.Load(_path)).Message);
    }

    private static MaskSet Some() => new([MaskTests.Of([true, false, true, true, false, false, true, false, true], "conv/w"), MaskTests.Of(new bool[16], "größe")]);

    private byte[] Bytes()
    {
        Some().Save(_path);
        return File.ReadAllBytes(_path);
    }

    private static byte[] Signed(uint version, string index, byte[] bits)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(index);
        var head = new byte[16];
        "OAMASKS\n"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), version);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(12), (uint)text.Length);
        byte[] body = [.. head, .. text, .. bits];
        return [.. body, .. SHA256.HashData(body)];
    }

    private void Refused(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => MaskSet.Load(_path)).Code);
    }
}
