using OnnxAudit.Bundles;

namespace OnnxAudit.Tests.Bundles;

public class BundleMergeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void MergedShards_AreTheUnshardedBundle(int count)
    {
        using var whole = new TemporaryFolder();
        using var merged = new TemporaryFolder();
        new SmallBundle().Run(whole.Path);
        using var shards = new Shards(count, i => new SmallBundle { Shard = $"{i}/{count}", Latency = i });
        BundleMerge.Merge([.. shards.Paths.Reverse()], merged.Path);
        TemporaryFolder.AssertSame(whole, merged);
        Assert.Empty(Bundle.Open(merged.Path).Missing);
    }

    [Fact]
    public void ShardOfOtherSettings_IsRefused_NamingTheField()
    {
        Assert.Contains("$.threads = 8; expected 2", Refusal(new SmallBundle { Shard = "1/2", Threads = 8 }), StringComparison.Ordinal);
        Assert.Contains("$.runtime.version", Refusal(new SmallBundle { Shard = "1/2", RuntimeVersion = "1.17.0" }), StringComparison.Ordinal);
        Assert.Contains("$.kernels.geometry = \"avx2\"; expected \"scalar\"", Refusal(new SmallBundle { Shard = "1/2", KernelForm = "avx2" }), StringComparison.Ordinal);
        Assert.Contains("$.variants[1].id", Refusal(new SmallBundle { Shard = "1/2", Variants = ["dense", "other"] }), StringComparison.Ordinal);
    }

    [Fact]
    public void OverlappingShards_AreRefused_NamingTheCell() =>
        Assert.Contains("dense--clean--cpu", Refusal(new SmallBundle { Shard = "0/4" }), StringComparison.Ordinal);

    [Fact]
    public void MissingCells_AreNamed() =>
        Assert.Contains("1 cells in no shard: magnitude-0.50--fog-3--cpu", Refusal(new SmallBundle { Shard = "1/4" }), StringComparison.Ordinal);

    [Fact]
    public void DamagedShard_IsRefused()
    {
        using var shards = new Shards(2, i => new SmallBundle { Shard = $"{i}/2" });
        using var merged = new TemporaryFolder();
        var column = Path.Combine(shards.Paths[1], "cells/magnitude-0.50--clean--cpu/correct.npy.lz4");
        var bytes = File.ReadAllBytes(column);
        bytes[^1] ^= 1;
        File.WriteAllBytes(column, bytes);
        var error = Assert.Throws<AuditException>(() => BundleMerge.Merge(shards.Paths, merged.Path));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.False(Directory.Exists(merged.Path));
    }

    [Fact]
    public void OutputAmongTheShards_IsRefused()
    {
        using var shards = new Shards(2, i => new SmallBundle { Shard = $"{i}/2" });
        var error = Assert.Throws<AuditException>(() => BundleMerge.Merge(shards.Paths, shards.Paths[0] + "/"));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.Equal(2, Bundle.Open(shards.Paths[0]).Cells.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LinkToAShard_IsRefusedAsOutput_AndTheShardIsUntouched(bool parent)
    {
        // Merging into a symlink of a shard passed the same-folder check, which compared names and followed no links.
        // The output was then cleared, which deleted the shard before it was read.
        using var shards = new Shards(2, i => new SmallBundle { Shard = $"{i}/2" });
        using var links = new TemporaryFolder();
        Directory.CreateDirectory(links.Path);
        var link = links.In("link");
        Directory.CreateSymbolicLink(link, parent ? Path.GetDirectoryName(shards.Paths[0])! : shards.Paths[0]);
        var output = parent ? Path.Combine(link, Path.GetFileName(shards.Paths[0])) : link;
        var error = Assert.Throws<AuditException>(() => BundleMerge.Merge(shards.Paths, output));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.Equal(2, Bundle.Open(shards.Paths[0]).Cells.Count);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => BundleMerge.Merge([output, shards.Paths[1]], shards.Paths[0])).Code);
    }

    [Fact]
    public void LinksInACircle_AreRefused()
    {
        using var shards = new Shards(1, _ => new SmallBundle());
        using var links = new TemporaryFolder();
        Directory.CreateDirectory(links.Path);
        Directory.CreateSymbolicLink(links.In("a"), "b");
        Directory.CreateSymbolicLink(links.In("b"), "a");
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => BundleMerge.Merge(shards.Paths, links.In("a"))).Code);
    }

    /// <summary>The message with which "0/2" and <paramref name="second"/> are refused.</summary>
    private static string Refusal(SmallBundle second)
    {
        using var shards = new Shards(2, i => i == 0 ? new SmallBundle { Shard = "0/2" } : second);
        using var merged = new TemporaryFolder();
        var error = Assert.Throws<AuditException>(() => BundleMerge.Merge(shards.Paths, merged.Path));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.False(Directory.Exists(merged.Path));
        return error.Message;
    }

    private sealed class Shards : IDisposable
    {
        private readonly TemporaryFolder[] _folders;

        internal Shards(int count, Func<int, SmallBundle> make)
        {
            _folders = [.. Enumerable.Range(0, count).Select(_ => new TemporaryFolder())];
            for (var i = 0; i < count; i++) make(i).Run(_folders[i].Path);
        }

        internal string[] Paths => [.. _folders.Select(f => f.Path)];

        public void Dispose()
        {
            foreach (var folder in _folders) folder.Dispose();
        }
    }
}
