using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Onnx.DamagedModel;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Weights kept in files beside the model: places and ranges that must not be read.</summary>
public sealed class ExternalDataDamageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onnxaudit-malformed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ModelInMemory_HasNoFilesBesideIt() =>
        new DamagedModel("in memory", "a model that holds its own weights", () => External("w.bin")).IsRefused();

    public static TheoryData<string, string> Locations => new()
    {
        { "../secret.bin", "'..'" },
        { "sub/../../secret.bin", "'..'" },
        { "/etc/passwd", "an absolute path" },
        { "C:\\secret.bin", "an absolute path" },
        { "..\\secret.bin", "'..'" },
        { "", "an absolute path" },
        { "a\0b", "an absolute path" },
        { "link.bin", "symbolic link that leaves" },
        { "folder/secret.bin", "symbolic link that leaves" },
        { "loop.bin", "chain of symbolic links" },
        { "missing.bin", "no file" },
        { "empty.bin", "empty" },
        { "inner", "a folder" },
    };

    [Theory]
    [MemberData(nameof(Locations))]
    public void ExternalDataOutsideTheFolder_IsRefused(string location, string says)
    {
        var inside = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        Directory.CreateDirectory(Path.Combine(inside, "inner"));
        File.WriteAllBytes(Path.Combine(_folder, "secret.bin"), new byte[8]);
        File.WriteAllBytes(Path.Combine(inside, "empty.bin"), []);
        File.CreateSymbolicLink(Path.Combine(inside, "link.bin"), Path.Combine(_folder, "secret.bin"));
        File.CreateSymbolicLink(Path.Combine(inside, "folder"), "..");
        File.CreateSymbolicLink(Path.Combine(inside, "loop.bin"), "loop.bin");
        var path = Path.Combine(inside, "m.onnx");
        File.WriteAllBytes(path, External(location));
        var error = Assert.Throws<AuditException>(() => OnnxReader.Read(path));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains("tensor 'w'", error.Where, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "16", "an external length of 16 bytes")]
    [InlineData("4", null, "bytes 4 to 12")]
    [InlineData("9223372036854775807", "8", "bytes 9223372036854775807 to")]
    [InlineData("-1", "8", "external offset '-1'")]
    [InlineData("99999999999999999999", "8", "external offset")]
    [InlineData("0x10", "8", "external offset '0x10'")]
    [InlineData("0", "eight", "external length 'eight'")]
    public void ExternalRangeThatDoesNotFit_IsRefused(string offset, string? length, string says)
    {
        var path = Path.Combine(_folder, "m.onnx");
        File.WriteAllBytes(Path.Combine(_folder, "w.bin"), new byte[8]);
        File.WriteAllBytes(path, External("w.bin", offset, length));
        var error = Assert.Throws<AuditException>(() => OnnxReader.Read(path));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingAndEmptyFilesAndFolders_AreInvalid()
    {
        File.WriteAllBytes(Path.Combine(_folder, "empty.onnx"), []);
        foreach (var (path, says) in new[] { (Path.Combine(_folder, "no.onnx"), "no file"), (Path.Combine(_folder, "empty.onnx"), "empty"),
            (_folder, "a folder") })
        {
            var error = Assert.Throws<AuditException>(() => OnnxReader.Read(path));
            Assert.Equal(AuditCode.Invalid, error.Code);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] External(string location, string offset = "0", string? length = "8") => Weight(w =>
    {
        w.ClearRawData();
        w.DataLocation = 1;
        w.ExternalData.Add([new StringStringEntryProto { Key = "location", Value = location },
            new StringStringEntryProto { Key = "offset", Value = offset }]);
        if (length is not null) w.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = length });
    });
}
