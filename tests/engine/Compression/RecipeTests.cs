using OnnxAudit.Compression;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Compression;

public class RecipeTests
{
    private static readonly Recipe Some = new("prune", [new("method", "magnitude"), new("amount", "0.5")], [new("base", "ab12", "größe \"x\".onnx")], "0.1.0");

    [Fact]
    public void ToJson_IsStable() => Assert.Equal(
        """{"operation":"prune","parameters":{"method":"magnitude","amount":"0.5"},"parents":[{"role":"base","sha256":"ab12","file":"größe \"x\".onnx"}],"toolVersion":"0.1.0"}""",
        Some.ToJson());

    [Fact]
    public void Read_GivesBackWhatWriteToPut()
    {
        var model = new Model(new Graph("g"));
        Assert.Null(Recipe.Read(model));
        Some.WriteTo(model);
        var back = Recipe.Read(model)!;
        Assert.Equal(Some.ToJson(), back.ToJson());
        Assert.Equal("0.5", back.Parameter("amount"));
        Assert.Null(back.Parameter("seed"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"operation":"prune"}""")]
    [InlineData("""{"operation":1,"parameters":{},"parents":[],"toolVersion":""}""")]
    [InlineData("""{"operation":null,"parameters":{},"parents":[],"toolVersion":""}""")]
    [InlineData("""{"operation":"x","parameters":{"a":1},"parents":[],"toolVersion":""}""")]
    public void Read_NamesFileAndKey_WhenTheEntryIsNoRecipe(string text)
    {
        var model = new Model(new Graph("g")) { Source = "m.onnx" };
        model.SetMetadata(Recipe.MetadataKey, text);
        var e = Assert.Throws<AuditException>(() => Recipe.Read(model));
        Assert.Equal((AuditCode.Invalid, "m.onnx, metadata 'onnxaudit.recipe'"), (e.Code, e.Where));
    }

    [Theory]
    [InlineData("""{"operation":"\ud800","parameters":{},"parents":[],"toolVersion":""}""", "operation")]
    [InlineData("""{"operation":"x","parameters":{"a":"1","a":"2"},"parents":[],"toolVersion":""}""", "parameters, a")]
    public void Read_NamesTheField_ThatIsHalfACharacterOrRepeated(string text, string field)
    {
        var e = Assert.Throws<AuditException>(() => Recipe.Parse(text, "m.onnx"));
        Assert.Equal((AuditCode.Invalid, $"m.onnx, metadata 'onnxaudit.recipe', {field}"), (e.Code, e.Where));
    }

    [Fact]
    public void Parameters_TellOnlyWhatApplies()
    {
        var magnitude = new MaskRecipe { Method = "magnitude", Amount = 0.1, Seed = 3 };
        Assert.Equal("method=magnitude amount=0.1 scope=global", Text(magnitude));
        Assert.Equal("method=random amount=0.1 scope=layer seed=3 include=Conv,a*", Text(magnitude with { Method = "random", Scope = MaskScope.Layer, Include = ["Conv", "a*"] }));
    }

    private static string Text(MaskRecipe recipe) => string.Join(' ', recipe.Parameters().Select(p => $"{p.Key}={p.Value}"));
}
