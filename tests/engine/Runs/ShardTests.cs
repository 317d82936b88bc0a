using OnnxAudit.Runs;

namespace OnnxAudit.Tests.Runs;

public sealed class ShardTests
{
    [Fact]
    public void Shards_CoverEveryCellOnce()
    {
        for (var n = 1; n <= 5; n++)
            for (var position = 0; position < 20; position++)
                Assert.Equal(1, Enumerable.Range(0, n).Count(i => Shard.Parse($"{i}/{n}").Has(position)));
    }

    [Theory]
    [InlineData("2/2")]
    [InlineData("-1/2")]
    [InlineData("0/0")]
    [InlineData("1")]
    [InlineData("a/b")]
    [InlineData("")]
    public void BadShard_IsAUsageError(string text) => Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Shard.Parse(text)).Code);
}
