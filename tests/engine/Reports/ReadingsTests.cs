using OnnxAudit.Reports;

namespace OnnxAudit.Tests.Reports;

public class ReadingsTests
{
    [Theory]
    [InlineData("""{"suites": [{"id": "s", "data": "synthetic:shapes"}]}""", "each suite stands for itself")]
    [InlineData("""{"suites": [{"id": "s", "data": "synthetic:shapes", "corruption": "fog", "severity": 2}]}""", "means over the severities audited")]
    public void SeveritySet_IsSaid_WhereAGridWasAudited(string plan, string said) => Assert.Contains(said, Of(plan, "Severity set"), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"variants": [{"id": "a", "model": "m"}]}""", "no masks")]
    [InlineData("""{"variants": [{"id": "a", "mask": {"method": "magnitude", "scope": "layer"}}]}""", "layer: exactly")]
    [InlineData("""{"variants": [{"id": "a", "mask": {"method": "magnitude", "scope": "global", "pattern": "2:4"}}]}""", "pattern 2:4 along the input channels")]
    public void PruningScope_IsThatOfTheMasks(string plan, string said) => Assert.StartsWith(said, Of(plan, "Pruning scope"), StringComparison.Ordinal);

    private static string Of(string plan, string name) => Readings.Of(plan).Single(r => r.Key == name).Value;
}
