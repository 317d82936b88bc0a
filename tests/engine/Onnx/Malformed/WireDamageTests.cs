using System.Text;
using Google.Protobuf;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Onnx.DamagedModel;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Bytes that are no protobuf, or of no ONNX version this program reads.</summary>
public sealed class WireDamageTests
{
    private static readonly DamagedModel[] Corpus =
    [
        new("not protobuf", "wire type", () => [0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2]),
        new("a picture", "", () => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
        new("plain text", "", () => Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n")),
        new("no graph", "no graph", () => new ModelProto { IrVersion = 8 }.ToByteArray()),
        new("no IR version", "IR version 0", () => Bytes(m => m.ClearIrVersion())),
        new("old IR version", "IR version 2", () => Bytes(m => m.IrVersion = 2)),
        new("no operator set", "no version of ONNX's operator set", () => Bytes(m => m.OpsetImport.Clear())),
        new("old operator set", "operator set 6", () => Bytes(m => m.OpsetImport[0].Version = 6)),
        new("future operator set", "operator set 27", () => Bytes(m => m.OpsetImport[0].Version = 27)),
        new("field number 0", "tag 0", () => [.. Good(), 0x00, 0x01]),
        new("unknown wire type", "wire type 7", () => [.. Good(), 0x0f]),
        new("end of a group never begun", "was not begun", () => [.. Good(), 0x0c]),
        new("unfinished group", "within a group", () => [.. Good(), 0xa3, 0x38, 0x08, 0x01]),
        new("crossed groups", "end of group", () => [.. Good(), 0xa3, 0x38, 0xac, 0x38]),
        new("groups without end", "nested too deep", () => [.. Good(), .. Enumerable.Repeat(new byte[] { 0xa3, 0x38 }, 5000).SelectMany(b => b)]),
        new("endless varint", "over 64 bits", () => [.. Good(), 0x08, .. Enumerable.Repeat((byte)0xff, 10), 0x01]),
        new("cut varint", "within a number", () => [.. Good(), 0x08, 0x80]),
        new("cut fixed32", "within a number", () => [.. Good(), 0xa5, 0x38, 1, 2]),
        new("a length of 2^63", "9223372036854775807 bytes", () => [.. Good(), 0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
        new("a length one too long", "field 7 of 5 bytes", () => [.. Good(), 0x3a, 5, 0, 0, 0, 0]),
        new("graph as a number", "field 7 with wire type Varint", () => [.. Good(), 0x38, 0x01]),
        new("IR version as text", "field 1 with wire type Bytes", () => [.. Good(), 0x0a, 0x00]),
        new("name that is not UTF-8", "not UTF-8", () => Replace(Bytes(m => m.Graph.Node[0].Name = "XYZW"), "XYZW", [0xff, 0xfe, 0x80, 0x41])),
    ];

    public static TheoryData<string> Cases => [.. Corpus.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void MalformedModel_IsInvalidAndSaysWhy(string name) => Corpus.First(c => c.Name == name).IsRefused();

    [Fact]
    public void TheModelThatIsDamaged_IsFine() => Assert.Single(OnnxReader.Read(Good(), "good.onnx").Graph.Nodes);

    [Fact]
    public void EveryTruncation_IsInvalidOrAWholeModel()
    {
        var whole = new GeneratedModels(3, unknownFields: true).Model().ToByteArray();
        var refused = 0;
        for (var length = 0; length < whole.Length; length++) refused += Survives(whole[..length]) ? 0 : 1;
        Assert.True(refused > whole.Length * 9 / 10, $"{refused} of {whole.Length} refused");
    }

    private static byte[] Replace(byte[] bytes, string old, byte[] with)
    {
        var at = bytes.AsSpan().IndexOf(Encoding.Latin1.GetBytes(old));
        with.CopyTo(bytes, at);
        return bytes;
    }
}
