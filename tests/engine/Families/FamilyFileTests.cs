using OnnxAudit.Families;

namespace OnnxAudit.Tests.Families;

/// <summary>Recipe files: grids, names, and what is refused on reading.</summary>
public sealed class FamilyFileTests : IDisposable
{
    private readonly FamilyFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Lists_AreGrids_TheLastVariesFirst()
    {
        var recipe = _fixture.Recipe("""
              - name: "{method}-{amount}-{scope}"
                of: dense
                prune: { method: [magnitude, random], amount: [0.5, 0.9], scope: [global, layer] }
            """);
        Assert.Equal(["magnitude-0.5-global", "magnitude-0.5-layer", "magnitude-0.9-global", "magnitude-0.9-layer", "random-0.5-global", "random-0.5-layer", "random-0.9-global", "random-0.9-layer"],
            recipe.Variants.Select(v => v.Name));
        Assert.Equal("""{"method":"random","amount":0.9,"scope":"layer"}""", recipe.Variants[^1].Arguments.GetRawText());
    }

    [Fact]
    public void AListParameter_IsOneValue_AndAListOfListsAGrid()
    {
        var recipe = _fixture.Recipe("""
              - of: dense
                prune: { method: magnitude, amount: 0.5, include: [Conv, Gemm] }
              - of: dense
                prune: { method: magnitude, amount: 0.5, include: [[Conv], [Conv, Gemm]] }
            """);
        Assert.Equal(["dense-prune", "dense-prune-Conv", "dense-prune-Conv-Gemm"], recipe.Variants.Select(v => v.Name));
    }

    [Fact]
    public void APattern_TakesModelsAndEarlierVariants_NotItsOwn()
    {
        var recipe = _fixture.Recipe("""
              - { name: "a-{amount}", of: dense, prune: { method: magnitude, amount: [0.5, 0.9] } }
              - { name: "{of}-a", of: ["a-*", "d?nse"], recalibrate: {} }
            """);
        Assert.Equal([("a-0.5-a", "a-0.5"), ("a-0.9-a", "a-0.9"), ("dense-a", "dense")], recipe.Variants.Skip(2).Select(v => (v.Name, v.Parent)));
    }

    [Fact]
    public void TheFamilysDataAndSeed_GoWhereAStepSaysNothing_AndTheCallersGoFirst()
    {
        const string variants = """
              - { name: p, of: dense, prune: { method: random, amount: 0.5 } }
              - { name: t, of: dense, prune: { method: taylor, amount: 0.5, seed: 9 } }
              - { name: r, of: dense, recalibrate: { data: mine } }
            """;
        var recipe = _fixture.Recipe(variants, "data: theirs\nseed: 4");
        Assert.Equal([
            """{"method":"random","amount":0.5,"seed":4}""", """{"method":"taylor","amount":0.5,"data":"theirs","seed":9}""", """{"data":"mine","seed":4}""",
        ], recipe.Variants.Select(v => v.Arguments.GetRawText()));
        var given = _fixture.Recipe(variants, "data: theirs", new FamilyData("caller's"));
        Assert.Equal("caller's", given.Variants[1].Arguments.GetProperty("data").GetString());
        Assert.Equal("mine", given.Variants[2].Arguments.GetProperty("data").GetString());
    }

    [Fact]
    public void ValuesInNames_AreWhatFilesMayBeCalled()
    {
        var recipe = _fixture.Recipe("""  - { name: "x-{pattern}-{exclude}", of: dense, prune: { method: magnitude, pattern: "2:4", exclude: ["fc*", a/b] } }""");
        Assert.Equal("x-2of4-fc-b", Assert.Single(recipe.Variants).Name);
    }

    [Theory]
    [InlineData("- { of: dense, prun: { method: magnitude } }", "family.yaml, variants[0]: found the unknown operation 'prun'; expected name, of, and one of prune, ")]
    [InlineData("- { of: dense }", "family.yaml, variants[0]: found no operation; expected one of prune,")]
    [InlineData("- { of: dense, prune: {}, train: {} }", "family.yaml, variants[0]: found prune and train; expected one of prune,")]
    [InlineData("- { of: dense, prune: { methd: magnitude } }", "family.yaml, variants[0], prune, methd: found no parameter of prune; expected one of method, amount,")]
    [InlineData("- { of: dense, prune: { method: magnitude, amount: [] } }", "family.yaml, variants[0], prune, amount: found an empty list; expected a value,")]
    [InlineData("- { prune: { method: magnitude, amount: 0.5 } }", "family.yaml, variants[0], of: found nothing; expected the name")]
    [InlineData("- { of: thick, prune: { method: magnitude, amount: 0.5 } }", "family.yaml, variants[0], prune ('thick-prune'): found the parent 'thick', which is not there; expected one of dense, thick-prune.")]
    [InlineData("- { of: \"mag-*\", prune: { method: magnitude, amount: 0.5 } }", "family.yaml, variants[0], of: found 'mag-*', which fits nothing that stands before it; expected one of dense.")]
    [InlineData("- { name: a, of: dense, prune: { method: magnitude, amount: [0.5, 0.6] } }", "family.yaml, variants[0], prune: found the name 'a', which family.yaml, variants[0], prune has already; expected a name of its own")]
    [InlineData("- { name: Dense, of: dense, prune: { method: magnitude, amount: 0.5 } }", "found the name 'Dense', which family.yaml, models, dense has already")]
    [InlineData("- { name: a/b, of: dense, prune: { method: magnitude, amount: 0.5 } }", "family.yaml, variants[0], prune: found the name 'a/b'; expected at most 80 letters")]
    [InlineData("- { name: \"a-{amnt}\", of: dense, prune: { method: magnitude, amount: 0.5 } }", "family.yaml, variants[0], name: found '{amnt}'; expected {of} or a value of the step: {method}, {amount}.")]
    public void WhatCannotBeRead_IsRefused_WithItsPlace(string variant, string message)
    {
        var error = Assert.Throws<AuditException>(() => _fixture.Recipe("  " + variant));
        Assert.Contains(message, error.Message);
        Assert.Equal(AuditCode.Invalid, error.Code);
    }

    [Theory]
    [InlineData("models: {}", "no model")]
    [InlineData("models: { dense: shapes_cnn.onnx }", "nothing to make")]
    [InlineData("models: { dense: shapes_cnn.onnx }\nvariants: []", "nothing to make")]
    [InlineData("models: { dense: 3 }", "found 3; expected a string")]
    public void AWholeThatMakesNothing_IsRefused(string text, string found) =>
        Assert.Contains(found, Assert.Throws<AuditException>(() => FamilyFile.Read(OnnxAudit.Cli.YamlJson.Convert("family: f\n" + text, "f.yaml"), "f.yaml", "/")).Message);

    [Fact]
    public void AGridBeyondAllMeasure_IsRefused()
    {
        var numbers = string.Join(", ", Enumerable.Range(0, 101));
        Assert.Contains("more than 10000 variants", Assert.Throws<AuditException>(() => _fixture.Recipe($"  - {{ of: dense, prune: {{ method: magnitude, amount: [{numbers}], seed: [{numbers}] }} }}")).Message);
    }
}
