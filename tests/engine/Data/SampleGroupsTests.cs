using OnnxAudit.Data;

namespace OnnxAudit.Tests.Data;

public sealed class SampleGroupsTests
{
    [Fact]
    public void Groups_MayOverlap_AndTakeSourceIndices()
    {
        using var written = new Written();
        var path = written.Text("g.csv", "group,sample,why\r\n\"dark, wet\",12,x\nsmall,11,\"a \"\"b\"\"\"\n\nsmall,12,\nsmall,3,\nfar,99,\n");
        using var dataset = DataSpec.Open("synthetic:shapes?n=100#test[10:20]", new DataOptions());
        var groups = SampleGroups.Read(path, dataset, out var outside);
        Assert.Equal(["dark, wet", "small", "far"], groups.Select(g => g.Name));
        Assert.Equal([2], groups[0].Samples);
        Assert.Equal([1, 2], groups[1].Samples);
        Assert.Empty(groups[2].Samples);
        Assert.Equal(2, outside);
    }

    [Theory]
    [InlineData("sample,group\n1\n", "line 2", "1 fields")]
    [InlineData("sample,group\n0,a\n-1,a\n", "line 3", "sample '-1'")]
    [InlineData("sample,group\n100,a\n", "line 2", "sample '100'")]
    [InlineData("sample,group\n1.5,a\n", "line 2", "sample '1.5'")]
    [InlineData("sample,group\n1,a\n\n1,a\n", "line 4", "again")]
    [InlineData("sample,group\n1, \n", "line 2", "group name")]
    [InlineData("sample,group\n1,\"a\n", "line 2", "open quote")]
    [InlineData("sample,group\n1,\"a\"b\n", "line 2", "after a closing quote")]
    [InlineData("1,a\n", "line 1", "the columns 1, a")]
    [InlineData("", "g.csv", "no samples")]
    [InlineData("sample,group\n", "g.csv", "no samples")]
    public void BadRows_AreErrors_WithFileAndLine(string text, string where, string found)
    {
        using var written = new Written();
        var path = written.Text("g.csv", text);
        using var dataset = DataSpec.Open("synthetic:shapes?n=100", new DataOptions());
        var error = Assert.Throws<AuditException>(() => SampleGroups.Read(path, dataset));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains(path, error.Where);
        Assert.Contains(where, error.Where);
        Assert.Contains(found, error.Found);
    }
}
