using OnnxAudit.Runs;

namespace OnnxAudit.Tests.Runs;

public sealed class UserMetricsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Row_JoinsItsVariant_UnderUserNames()
    {
        var metrics = Read("variant,energy_mj,device_ms\na,1.5,\nb,2,3\n");
        Assert.Equal([new("user.energy_mj", 1.5)], metrics.Of("a"));
        Assert.Equal([new("user.energy_mj", 2), new("user.device_ms", 3)], metrics.Of("b"));
        Assert.Empty(metrics.Of("c"));
    }

    [Fact]
    public void QuotedNames_MayHoldCommasAndQuotes()
    {
        // Rows were cut at every comma, so a metric named "energy, mJ" was refused as one column too many.
        // The file is read now as any CSV of the program is.
        var metrics = Read("\uFEFFvariant,\"energy, mJ\",\"the \"\"best\"\"\"\r\n\"a\",1.5, 2 \r\n");
        Assert.Equal([new("user.energy, mJ", 1.5), new("user.the \"best\"", 2)], metrics.Of("a"));
    }

    [Theory]
    [InlineData("", ".tmp")]
    [InlineData("variant,\n", "line 1")]
    [InlineData("name,x\na,1\n", "line 1")]
    [InlineData("variant\na\n", "line 1")]
    [InlineData("variant,x,x\na,1,2\n", "line 1")]
    [InlineData("variant,x\nnope,1\n", "line 2")]
    [InlineData("variant,x\na,1\na,2\n", "line 3")]
    [InlineData("variant,x\na,\"1,5\"\n", "line 2")]
    [InlineData("variant,x\na,NaN\n", "line 2")]
    [InlineData("variant,x\n\na,1,2\n", "line 3")]
    [InlineData("variant,x\n\"a,1\n", "line 2")]
    public void BadFile_IsRefused_NamingTheLine(string text, string where)
    {
        var error = Assert.Throws<AuditException>(() => Read(text));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.EndsWith(where, error.Where, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_path);

    private UserMetrics Read(string text)
    {
        File.WriteAllText(_path, text);
        return UserMetrics.Read(_path, ["a", "b", "c"]);
    }
}
