using OnnxAudit.Compression;

namespace OnnxAudit.Tests.Compression;

public class NamePatternTests
{
    [Theory]
    [InlineData("conv*", "conv1.weight", true)]
    [InlineData("*.weight", "conv1.weight", true)]
    [InlineData("*.*.weight", "conv1.weight", false)]
    [InlineData("b?.*1", "b2.conv1", true)]
    [InlineData("*ab", "aab", true)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("Conv", "conv", false)]
    [InlineData("w[0-9]", "w[0-9]", true)]
    public void Matches_WholeNames(string pattern, string name, bool fits) => Assert.Equal(fits, new NamePattern(pattern).Matches(name));

    [Fact]
    public void Matches_StaysQuick_OnHostilePatterns() =>
        Assert.False(new NamePattern(string.Concat(Enumerable.Repeat("a*", 1000)) + "b").Matches(new string('a', 5000)));
}
