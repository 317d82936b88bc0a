using System.Text.RegularExpressions;
using OnnxAudit.Checks;
using OnnxAudit.Cli;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Checks;

public class PolicyPageTests
{
    [Fact]
    public void ExampleOnThePage_IsAPolicy()
    {
        var page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "policy.md"));
        var yaml = Regex.Match(page, "```yaml\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var policy = PolicyJson.Read(YamlJson.Convert(yaml, "policy.yaml"), "policy.yaml");
        Assert.Equal(8, policy.Rules.Count);
        Assert.Equal(["cifar10-test", "fog-*"], policy.Rules[1].Cells.Suites);
        Assert.Equal(4, policy.Rules.Count(r => r.IsPaired));
        Assert.Equal(0.001, policy.Rules[3].Alpha);
    }
}
