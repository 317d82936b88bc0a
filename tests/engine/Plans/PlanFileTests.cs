using OnnxAudit.Compression;
using OnnxAudit.Plans;

namespace OnnxAudit.Tests.Plans;

public sealed class PlanFileTests
{
    private static readonly AuditPlan Defaults = new() { Variants = [], Suites = [] };

    [Fact]
    public void ShortForm_ExpandsToOneVariantAnAmount_DenseFirst()
    {
        var plan = Read("""{ "models": [{ "path": "a/net.onnx", "masks": [{ "method": "magnitude", "amounts": [0.5, 0.9], "include": ["Conv"] }] }], "data": ["synthetic:shapes"] }""");
        Assert.Equal(["net", "net-magnitude-0.50", "net-magnitude-0.90"], plan.Variants.Select(v => v.Id));
        Assert.Null(plan.Variants[0].Mask);
        Assert.Equal(0.9, plan.Variants[2].Mask!.Amount);
        Assert.Equal(["Conv"], plan.Variants[2].Mask!.Include);
    }

    [Fact]
    public void CanonicalForm_RoundTrips_ByteForByte()
    {
        var plan = Read("""{ "models": ["a.onnx", { "path": "b.onnx", "dense": false, "masks": [{ "method": "random", "amount": 0.25, "scope": "layer", "seed": 7 }] }], "data": ["synthetic:shapes"], "batch": 32, "preprocess": {"normalisation":{"mean":[0.5],"std":[0.5]}}, "margin": "region" }""");
        var written = PlanFile.Write(plan);
        Assert.Equal(written, PlanFile.Write(PlanFile.Read(written, "again", Defaults)));
        Assert.Contains("\"region\"", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "models": ["a.onnx"], "data": ["synthetic:shapes"], "bacth": 3 }""", AuditCode.Invalid, "plan.yaml, bacth")]
    [InlineData("""{ "models": ["a.onnx"], "data": ["synthetic:shapes"], "batch": 0 }""", AuditCode.Invalid, "plan.yaml, batch")]
    [InlineData("""{ "models": ["a.onnx"], "data": ["synthetic:shapes"], "batch": "8" }""", AuditCode.Invalid, "plan.yaml, batch")]
    [InlineData("""{ "models": [{ "path": "a.onnx", "masks": [{ "method": "magnitude" }] }], "data": ["synthetic:shapes"] }""", AuditCode.Invalid, "plan.yaml, models[0], masks[0], amount")]
    [InlineData("""{ "models": [{ "path": "a.onnx", "masks": [{ "method": "magnitude", "amount": 1.0 }] }], "data": ["synthetic:shapes"] }""", AuditCode.Usage, "amount")]
    [InlineData("""{ "models": [], "data": ["synthetic:shapes"] }""", AuditCode.Usage, "plan.yaml")]
    [InlineData("""{ "models": ["a.onnx"] }""", AuditCode.Usage, "plan.yaml")]
    [InlineData("""{ "models": ["a.onnx"], "data": ["synthetic:shapes"], "margin": "wide" }""", AuditCode.Usage, "plan.yaml")]
    [InlineData("""{ "models": ["\ud800.onnx"], "data": ["synthetic:shapes"] }""", AuditCode.Invalid, "plan.yaml, models[0]")]
    [InlineData("[1]", AuditCode.Invalid, "plan.yaml")]
    [InlineData("{", AuditCode.Invalid, "plan.yaml")]
    public void BadPlan_IsRefused_NamingThePlace(string json, AuditCode code, string where)
    {
        var error = Assert.Throws<AuditException>(() => Read(json));
        Assert.Equal(code, error.Code);
        Assert.Contains(where, error.Where, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void ModelsOfOneName_GetTheirFoldersName()
    {
        Assert.Equal(["x-net", "y-net", "other"], Identifiers.OfModels(["x/net.onnx", "y/net.onnx", "other.onnx"]));
    }

    [Theory]
    [InlineData("a b--c", "a-b-c")]
    [InlineData("../../etc", "etc")]
    [InlineData("", "unnamed")]
    [InlineData("modèle", "mod-le")]
    public void Slug_KeepsFolderSafeCharacters(string text, string slug) => Assert.Equal(slug, Identifiers.Slug(text));

    [Fact]
    public void VariantId_StatesWhatIsUnusual()
    {
        var mask = new MaskRecipe { Method = "random", Amount = 0.125, Scope = MaskScope.Layer, Seed = 3 };
        Assert.Equal("net-random-0.125-layer-s3", Identifiers.OfVariant("net", mask));
    }

    private static AuditPlan Read(string json) => PlanFile.Read(json, "plan.yaml", Defaults);
}
