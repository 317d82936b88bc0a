using System.Text.RegularExpressions;
using System.Xml;
using OnnxAudit.Reports;

namespace OnnxAudit.Tests.Reports;

public class HtmlPageTests
{
    private static readonly string Page = HtmlPage.Write(SampleReport.Make(suites: 2), [new("Angle", "to the true class direction")], Markup.None);

    [Fact]
    public void Page_IsWellFormed()
    {
        var body = Page[Page.IndexOf("<body>", StringComparison.Ordinal)..Page.IndexOf("</html>", StringComparison.Ordinal)];
        using var reader = XmlReader.Create(new StringReader(body.Replace(" open>", " open=\"\">")), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        var elements = 0;
        while (reader.Read()) elements++;
        Assert.True(elements > 1000);
    }

    [Fact]
    public void HostileClassNames_StayText()
    {
        Assert.DoesNotContain("<script", Page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;o&#39;brien&quot;", Page);
    }

    [Fact]
    public void Page_AsksTheNetworkForNothing()
    {
        Assert.DoesNotMatch(new Regex(@"\s(src|href)=""(?!#)"), Page);
        Assert.DoesNotContain("url(", Page);
        Assert.DoesNotContain("@import", Page);
        Assert.Contains("default-src 'none'", Page);
    }

    [Fact]
    public void SameRun_GivesTheSamePage() => Assert.Equal(Page, HtmlPage.Write(SampleReport.Make(suites: 2), [new("Angle", "to the true class direction")], Markup.None));

    [Fact]
    public void Links_LeadToSections()
    {
        foreach (Match link in Regex.Matches(Page, "href=\"#([^\"]+)\"")) Assert.Contains($"<section id=\"{link.Groups[1].Value}\">", Page);
    }

    [Fact]
    public void Sections_WithNothingToSay_AreLeftOut()
    {
        var bare = SampleReport.Make() with { Cells = [] };
        var page = HtmlPage.Write(bare, [], Markup.None);
        Assert.DoesNotContain("id=\"geometry\"", page);
        Assert.DoesNotContain("id=\"groups\"", page);
        Assert.Contains("No cell of this suite is finished.", page);
    }

    [Fact]
    public void EveryNumber_IsDefinedOrADash() => Assert.DoesNotContain("NaN", Page);
}
