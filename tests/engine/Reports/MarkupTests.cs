using OnnxAudit.Reports;

namespace OnnxAudit.Tests.Reports;

public class MarkupTests
{
    [Fact]
    public void Holes_AreEscaped_AndLiteralsAreNot() =>
        Assert.Equal("<b>&lt;i&gt; &amp; &quot;x&quot; &#39;y&#39;</b>", Markup.Of($"<b>{"<i> & \"x\" 'y'"}</b>").Html);

    [Fact]
    public void Markup_InAHole_IsKept() => Assert.Equal("<p><b>1</b></p>", Markup.Of($"<p>{Markup.Of($"<b>{1}</b>")}</p>").Html);

    [Theory]
    [InlineData("\0", "\uFFFD")]
    [InlineData("\u001b[31m", "\uFFFD[31m")]
    [InlineData("😀", "😀")]
    public void Characters_ThatHtmlForbids_AreReplaced(string text, string escaped) => Assert.Equal(escaped, Markup.Escape(text));

    [Fact]
    public void LoneSurrogates_AreReplaced() => Assert.Equal("a\uFFFDb\uFFFD", Markup.Escape("a\uD800b\uDC00"));

    [Fact]
    public void Numbers_AreCultureInvariant() => Assert.Equal("1.5 -2", Markup.Of($"{1.5} {-2}").Html);
}
