namespace OnnxAudit.Tests.Bundles;

/// <summary>A folder name that is free now and gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = SmallBundle.NewFolder();

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }

    internal string In(string relative) => System.IO.Path.Combine(Path, relative);

    /// <summary>Relative path to bytes of every file.</summary>
    internal SortedDictionary<string, byte[]> Contents()
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
            files.Add(System.IO.Path.GetRelativePath(Path, file), File.ReadAllBytes(file));
        return files;
    }

    /// <summary>Fails unless both folders hold the same files with the same bytes, timing.json apart.</summary>
    internal static void AssertSame(TemporaryFolder expected, TemporaryFolder actual)
    {
        var (a, b) = (expected.Contents(), actual.Contents());
        Assert.Equal(a.Keys, b.Keys);
        foreach (var (name, bytes) in a)
            if (System.IO.Path.GetFileName(name) != "timing.json") Assert.True(bytes.AsSpan().SequenceEqual(b[name]), $"{name} differs");
    }
}
