using OnnxAudit.Checks;

namespace OnnxAudit.Tests.Checks;

public class PolicyJsonTests
{
    [Fact]
    public void Policy_IsRead()
    {
        var policy = PolicyJson.Read("""
            { "schema": "onnxaudit.policy/1", "alpha": 0.05, "rules": [
              { "name": "floor", "metric": "accuracy", "limit": { "min": 0.8, "max": 1 } },
              { "name": "drop", "metric": "accuracy", "alpha": 0.001, "cells": { "variant": ["a*", "b"], "suite": "clean" },
                "slice": { "class": "*" }, "relative": { "variant": "dense", "max_drop": 0.01, "max_rise_ratio": 0.5 } } ] }
            """, "p.json");
        Assert.Equal(0.05, policy.Alpha);
        var (floor, drop) = (policy.Rules[0], policy.Rules[1]);
        Assert.Equal(["*"], floor.Cells.Variants);
        Assert.Equal(SliceSelector.All, floor.Slice);
        Assert.Equal(new Limit(0.8, 1), floor.Limit);
        Assert.False(floor.IsPaired);
        Assert.Equal(0.05, floor.Alpha);
        Assert.Equal(["a*", "b"], drop.Cells.Variants);
        Assert.Equal(["clean"], drop.Cells.Suites);
        Assert.Equal(new SliceSelector("class", "*"), drop.Slice);
        Assert.Equal(new RelativeLimit("dense", 0.01, null, null, 0.5), drop.Relative);
        Assert.True(drop.IsPaired);
        Assert.Equal(0.001, drop.Alpha);
    }

    [Theory]
    [InlineData("{", "p.json")]
    [InlineData("[]", "p.json")]
    [InlineData("{}", "p.json, rules")]
    [InlineData("""{"rules":[]}""", "p.json, rules")]
    [InlineData("""{"rulez":[]}""", "p.json, rulez")]
    [InlineData("""{"schema":"other/1","rules":[@]}""", "p.json, schema")]
    [InlineData("""{"alpha":0,"rules":[@]}""", "p.json, alpha")]
    [InlineData("""{"alpha":"0.01","rules":[@]}""", "p.json, alpha")]
    [InlineData("""{"rules":[@,@]}""", "p.json, rules[1], name")]
    [InlineData("""{"rules":[{"metric":"m","limit":{"min":0}}]}""", "p.json, rules[0], name")]
    [InlineData("""{"rules":[{"name":"","metric":"m","limit":{"min":0}}]}""", "p.json, rules[0], name")]
    [InlineData("""{"rules":[{"name":"n","limit":{"min":0}}]}""", "p.json, rules[0], metric")]
    [InlineData("""{"rules":[{"name":"n","metric":"m"}]}""", "p.json, rules[0], limit")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","limit":{"min":0},"relative":{"max_drop":0}}]}""", "p.json, rules[0], limit")]
    [InlineData("""{"rules":[@,{"name":"n","metric":"m","limitt":{"min":0}}]}""", "p.json, rules[1], limitt")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","limit":{"mim":0}}]}""", "p.json, rules[0], limit, mim")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","limit":{}}]}""", "p.json, rules[0], limit, min")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","limit":{"min":2,"max":1}}]}""", "p.json, rules[0], limit, min")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","relative":{}}]}""", "p.json, rules[0], relative, max_drop")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","relative":{"max_drop":-1}}]}""", "p.json, rules[0], relative, max_drop")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","relative":{"max_drop":1,"baseline":"x"}}]}""", "p.json, rules[0], relative, baseline")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","limit":{"min":0},"slice":"class"}]}""", "p.json, rules[0], slice")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","limit":{"min":0},"slice":{"class":"a","group":"b"}}]}""", "p.json, rules[0], slice")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","limit":{"min":0},"cells":{"variants":"a"}}]}""", "p.json, rules[0], cells, variants")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","limit":{"min":0},"cells":{"variant":[]}}]}""", "p.json, rules[0], cells, variant")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","limit":{"min":0},"cells":{"variant":[1]}}]}""", "p.json, rules[0], cells, variant[0]")]
    [InlineData("""{"rules":[{"name":"n","metric":"m","limit":{"min":0},"slice":"\udc00"}]}""", "p.json, rules[0], slice")]
    public void WrongPolicy_IsAnError_NamingTheKeyAndItsPlace(string json, string where)
    {
        var error = Assert.Throws<AuditException>(() =>
            PolicyJson.Read(json.Replace("@", """{"name":"ok","metric":"m","limit":{"min":0}}""", StringComparison.Ordinal), "p.json"));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Equal(where, error.Where);
    }

    [Theory]
    [InlineData("*", "anything", true)]
    [InlineData("", "", true)]
    [InlineData("*", "", true)]
    [InlineData("a*c", "abc", true)]
    [InlineData("a*c", "ac", true)]
    [InlineData("a*c", "abcd", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("*-0.?0", "resnet20-magnitude-0.50", true)]
    [InlineData("A", "a", false)]
    [InlineData("a*b*c", "a--b--b--c", true)]
    [InlineData("[a]", "a", false)]
    public void Pattern_MatchesAsShellsDo(string pattern, string text, bool matches) => Assert.Equal(matches, Pattern.Matches(pattern, text));

    [Fact]
    public void HostilePattern_TakesNoTime() =>
        Assert.False(Pattern.Matches(string.Concat(Enumerable.Repeat("*a", 200)), new string('a', 199) + new string('b', 2000)));
}
