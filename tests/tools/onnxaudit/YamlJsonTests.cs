using System.Text.Json;
using OnnxAudit.Cli;

namespace OnnxAudit.Tests.Tools;

public class YamlJsonTests
{
    [Theory]
    [InlineData("a: 1", """{"a":1}""")]
    [InlineData("a: -0x1", """{"a":"-0x1"}""")]
    [InlineData("a: 0x1F\nb: 0o17", """{"a":31,"b":15}""")]
    [InlineData("a: 1.50\nb: .5\nc: 1e-3\nd: 1.", """{"a":1.5,"b":0.5,"c":0.001,"d":1}""")]
    [InlineData("a: 012", """{"a":12}""")]
    [InlineData("a: true\nb: False\nc: yes\nd: on", """{"a":true,"b":false,"c":"yes","d":"on"}""")]
    [InlineData("a: null\nb: ~\nc:", """{"a":null,"b":null,"c":null}""")]
    [InlineData("a: '1'\nb: \"true\"", """{"a":"1","b":"true"}""")]
    [InlineData("a: 1_000\nb: 12:30\nc: 2026-11-21", """{"a":"1_000","b":"12:30","c":"2026-11-21"}""")]
    [InlineData("- a\n- [b, {c: d}]", """["a",["b",{"c":"d"}]]""")]
    [InlineData("a: &x {b: 1}\nc: *x", """{"a":{"b":1},"c":{"b":1}}""")]
    [InlineData("a: |\n  two\n  lines\n", """{"a":"two\nlines\n"}""")]
    [InlineData("a: 99999999999999999999", """{"a":1E+20}""")]
    public void Scalars_FollowTheCoreSchema(string yaml, string json)
    {
        using var document = JsonDocument.Parse(YamlJson.Convert(yaml, "f.yaml"));
        Assert.Equal(json, JsonSerializer.Serialize(document.RootElement));
    }

    [Theory]
    [InlineData("a: 1\na: 2")]
    [InlineData("a: [1")]
    [InlineData("a: .inf")]
    [InlineData("a: 1e999")]
    [InlineData("a: -1e999")]
    [InlineData("a: .NaN")]
    [InlineData("? [a]\n: 1")]
    [InlineData("a: 1\n---\nb: 2")]
    [InlineData("")]
    [InlineData("a: 0xFFFFFFFFFFFFFFFFFF")]
    [InlineData("a: *nowhere")]
    [InlineData("""a: "\ud800" """)]
    [InlineData("""{"a": "\ud83d"}""")]
    [InlineData("\"\\ud800\": 1")]
    public void Faults_AreRefused_NamingTheFile(string yaml)
    {
        var e = Assert.Throws<AuditException>(() => YamlJson.Convert(yaml, "f.yaml"));
        Assert.Equal(AuditCode.Invalid, e.Code);
        Assert.StartsWith("f.yaml", e.Where);
    }

    [Fact]
    public void DeepNesting_IsRefused_WithoutRecursion()
    {
        Assert.Throws<AuditException>(() => YamlJson.Convert(new string('[', 200_000), "f.yaml"));
        Assert.Throws<AuditException>(() => YamlJson.Convert(string.Concat(Enumerable.Repeat("a: {", 70)) + new string('}', 70), "f.yaml"));
    }

    [Fact]
    public void AnchorsThatMultiply_AreRefused()
    {
        var yaml = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        var e = Assert.Throws<AuditException>(() => YamlJson.Convert(yaml, "f.yaml"));
        Assert.Contains("100000", e.Found);
    }

    [Fact]
    public void DuplicateKeys_AreNamedWithTheirLine() =>
        Assert.Contains("line 2", Assert.Throws<AuditException>(() => YamlJson.Convert("a: 1\na: 2", "f.yaml")).Where);
}
