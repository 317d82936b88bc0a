using OnnxAudit.Files;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OldFile_IsUntouched_WhenTheWriteFails()
    {
        AtomicFile.WriteText(_folder.In("a.txt"), "old");
        var e = Assert.Throws<AuditException>(() => AtomicFile.Write(_folder.In("a.txt"), stream =>
        {
            stream.Write("new"u8);
            throw new IOException("disk full");
        }));
        Assert.Equal((AuditCode.Environment, "disk full"), (e.Code, e.Found));
        AssertOnly("a.txt", "old");
    }

    [Fact]
    public void NoTemporary_IsLeft_WhateverTheWriterThrows()
    {
        AtomicFile.WriteText(_folder.In("a.txt"), "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(_folder.In("a.txt"), _ => throw new InvalidOperationException()));
        AssertOnly("a.txt", "old");
    }

    [Fact]
    public void NewFile_ReplacesTheOld_Alone()
    {
        AtomicFile.WriteText(_folder.In("a.txt"), "a longer old text");
        AtomicFile.WriteText(_folder.In("a.txt"), "new");
        AssertOnly("a.txt", "new");
    }

    [Fact]
    public void Text_IsUtf8_WithoutAMark()
    {
        AtomicFile.WriteText(_folder.In("deep/er/a.txt"), "é−");
        Assert.Equal([0xC3, 0xA9, 0xE2, 0x88, 0x92], File.ReadAllBytes(_folder.In("deep/er/a.txt")));
    }

    [Fact]
    public void FolderThatIsAFile_IsRefused_AsEnvironment()
    {
        AtomicFile.WriteText(_folder.In("a.txt"), "old");
        var e = Assert.Throws<AuditException>(() => AtomicFile.WriteText(_folder.In("a.txt/b.txt"), "x"));
        Assert.Equal((AuditCode.Environment, _folder.In("a.txt/b.txt")), (e.Code, e.Where));
        AssertOnly("a.txt", "old");
    }

    private void AssertOnly(string name, string text)
    {
        Assert.Equal([_folder.In(name)], Directory.GetFileSystemEntries(_folder.Path));
        Assert.Equal(text, File.ReadAllText(_folder.In(name)));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("{folder}")]
    [InlineData("{folder}/")]
    [InlineData("{folder}/new/")]
    public void PathOfAFolder_IsAUsageError_AndNothingIsWritten(string path)
    {
        // "report BUNDLE -o /" ended as an internal error, exit 70: the root has no folder to write in, which counted as a programming error.
        // Paths come from users, so one that names no file is a bad request.
        Directory.CreateDirectory(_folder.Path);
        var error = Assert.Throws<AuditException>(() => AtomicFile.WriteText(path.Replace("{folder}", _folder.Path, StringComparison.Ordinal), "text"));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
