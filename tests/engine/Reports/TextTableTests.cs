using OnnxAudit.Reports;

namespace OnnxAudit.Tests.Reports;

public class TextTableTests
{
    [Fact]
    public void Columns_AreAsWideAsTheirContent()
    {
        var table = new TextTable(("name", TextAlign.Left), ("n", TextAlign.Right));
        table.Add("a", "1");
        table.Add("longer", "1234");
        Assert.Equal(["name       n", "a          1", "longer  1234"], table.Lines(null));
    }

    [Fact]
    public void NarrowPages_CutTheMiddleOfShrinkableColumnsOnly()
    {
        var table = new TextTable(("name", TextAlign.Shrink), ("value", TextAlign.Left));
        table.Add("a-very-long-name-that-ends-in-0.50", "0123456789");
        var lines = table.Lines(30).ToArray();
        Assert.All(lines, l => Assert.True(l.Length <= 30));
        Assert.Equal("a-very-l…s-in-0.50  0123456789", lines[1]);
    }

    [Fact]
    public void NarrowPages_DropTheStartThatAllCellsShare_First()
    {
        var table = new TextTable(("variant", TextAlign.Shrink), ("n", TextAlign.Right));
        table.Add("shapes_cnn", "1");
        table.Add("shapes_cnn-magnitude-0.50", "2");
        Assert.Equal(["variant           n", "shapes_cnn        1", "…-magnitude-0.50  2"], table.Lines(19));
    }

    [Fact]
    public void ControlCharacters_AreReplaced()
    {
        var table = new TextTable(("name", TextAlign.Left));
        table.Add("a\u001b[31m\nb");
        Assert.Equal("a?[31m b", table.Lines(null).Last());
    }

    [Fact]
    public void Rows_OfAnotherLength_AreRefused() => Assert.Throws<ArgumentException>(() => new TextTable(("a", TextAlign.Left)).Add("1", "2"));
}
