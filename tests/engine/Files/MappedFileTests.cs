using OnnxAudit.Files;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Files;

public sealed class MappedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MappedFileTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Slices_AreTheFilesBytes()
    {
        var bytes = Enumerable.Range(0, 10_000).Select(i => (byte)(i * 31 + (i >> 8))).ToArray();
        using var file = MappedFile.Open(Write(bytes));
        Assert.Equal(bytes.Length, file.Length);
        Assert.Equal(bytes, file.Slice(0, bytes.Length).ToArray());
        Assert.Equal(bytes[4097..4100], file.Slice(4097, 3).ToArray());
        Assert.Equal(bytes[^1..], file.Slice(bytes.Length - 1, 1).ToArray());
        Assert.Equal(bytes[20..25], file.Slice(10, 100)[10..15].ToArray());
        Assert.True(file.Slice(bytes.Length, 0).IsEmpty);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, 11)]
    [InlineData(10, 1)]
    [InlineData(11, 0)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(1, int.MaxValue)]
    public void Ranges_OutsideTheFile_AreRefused(long offset, int length)
    {
        using var file = MappedFile.Open(Write(new byte[10]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Slice(offset, length));
    }

    [Fact]
    public void EmptyFile_HasOnlyTheEmptySlice()
    {
        using var file = MappedFile.Open(Write([]));
        Assert.Equal(0, file.Length);
        Assert.True(file.Slice(0, 0).IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Slice(0, 1));
    }

    [Theory]
    [InlineData("none.bin", "no such file")]
    [InlineData("none/none.bin", "no such file")]
    [InlineData("", null)]
    public void MissingFileOrFolder_IsInvalid_NamingThePath(string name, string? found)
    {
        var e = Assert.Throws<AuditException>(() => MappedFile.Open(_folder.In(name)));
        Assert.Equal((AuditCode.Invalid, _folder.In(name), found ?? e.Found), (e.Code, e.Where, e.Found));
    }

    [SkippableFact]
    public void Pipe_IsInvalid_NamingThePath()
    {
        Skip.If(OperatingSystem.IsWindows(), "pipes have no path");
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.In);
        using var client = new System.IO.Pipes.AnonymousPipeClientStream(System.IO.Pipes.PipeDirection.Out, pipe.ClientSafePipeHandle);
        var path = $"/dev/fd/{pipe.SafePipeHandle.DangerousGetHandle()}";
        var e = Assert.Throws<AuditException>(() => MappedFile.Open(path));
        Assert.Equal((AuditCode.Invalid, path, "not a regular file"), (e.Code, e.Where, e.Found));
    }

    [Fact]
    public void SecondDisposal_DoesNothing()
    {
        var file = MappedFile.Open(Write(new byte[10]));
        file.Dispose();
        Assert.Null(Record.Exception(file.Dispose));
    }

    private string Write(byte[] bytes)
    {
        var path = _folder.In("a.bin");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
