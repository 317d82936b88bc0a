using OnnxAudit.Files;

namespace OnnxAudit.Tests.Files;

public class JsonFieldsTests
{
    [Fact]
    public void Values_ComeBack_AndAbsentOrNullIsNull()
    {
        var fields = JsonFields.Parse("""{"t":"x","n":1.5,"i":7,"f":true,"l":["a","b"],"one":"c","gone":null}""", "p.json");
        Assert.Equal(("x", 1.5, 7L, true), (fields.Text("t"), fields.Number("n"), fields.Integer("i", 0, 9), fields.Flag("f")));
        Assert.Equal(["a", "b"], fields.Texts("l"));
        Assert.Equal(["c"], fields.Texts("one"));
        Assert.Equal((null, null, null), (fields.Text("gone"), fields.Number("none"), fields.Object("none")));
        fields.Done();
    }

    [Theory]
    [InlineData("p.json, a", """{"a":1}""", "1")]
    [InlineData("p.json, a", """{"a":{"t":"x"}}""", """{"t":"x"}""")]
    [InlineData("p.json, o, t", """{"o":{"t":[]}}""", "[]")]
    [InlineData("p.json, l[1]", """{"l":["x",true]}""", "true")]
    [InlineData("p.json, n", """{"n":"1"}""", "\"1\"")]
    [InlineData("p.json, n", """{"n":1e999}""", "1e999")]
    [InlineData("p.json, v[1]", """{"v":[1,1e999]}""", "1e999")]
    [InlineData("p.json, i", """{"i":10}""", "10")]
    [InlineData("p.json, i", """{"i":1.5}""", "1.5")]
    [InlineData("p.json, f", """{"f":"true"}""", "\"true\"")]
    [InlineData("p.json, o", """{"o":3}""", "3")]
    [InlineData("p.json", "[1]", "[1]")]
    public void WrongKind_NamesThePlace_AndWhatStandsThere(string where, string json, string found)
    {
        var e = Assert.Throws<AuditException>(() =>
        {
            var fields = JsonFields.Parse(json, "p.json");
            _ = (fields.Text("a"), fields.Texts("l"), fields.Number("n"), fields.Numbers("v"), fields.Integer("i", 0, 9), fields.Flag("f"), fields.Object("o")?.Text("t"));
        });
        Assert.Equal((AuditCode.Invalid, where, found), (e.Code, e.Where, e.Found));
    }

    [Fact]
    public void UnknownKey_IsRefused_NamingTheKnownOnes()
    {
        var fields = JsonFields.Parse("""{"o":{"amount":0.5,"amuont":0.5}}""", "p.json").Object("o")!;
        _ = (fields.Number("amount"), fields.Text("method"));
        var e = Assert.Throws<AuditException>(fields.Done);
        Assert.Equal((AuditCode.Invalid, "p.json, o, amuont", "one of amount, method"), (e.Code, e.Where, e.Expected));
    }

    [Fact]
    public void RequiredText_IsMissed_ByName() =>
        Assert.Equal("p.json, id", Assert.Throws<AuditException>(() => JsonFields.Parse("{}", "p.json").RequiredText("id")).Where);

    [Theory]
    [InlineData("")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{} // comment")]
    public void TextThatIsNotJson_IsRefused_NamingTheSource(string json)
    {
        var e = Assert.Throws<AuditException>(() => JsonFields.Parse(json, "p.json"));
        Assert.Equal((AuditCode.Invalid, "p.json"), (e.Code, e.Where));
    }

    [Fact]
    public void DeepNesting_IsRefused() =>
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => JsonFields.Parse(new string('[', 100_000), "p.json")).Code);

    [Fact]
    public void LongValues_AreCut_InErrors()
    {
        var e = Assert.Throws<AuditException>(() => JsonFields.Parse($$"""{"n":"{{new string('x', 5000)}}"}""", "p.json").Number("n"));
        Assert.Equal((58, true), (e.Found.Length, e.Found.EndsWith('…')));
    }

    [Theory]
    [InlineData("""{"limit":{"min":0.999,"min":0.1}}""", "p.json, limit, min")]
    [InlineData("""{"rules":[{},{"a":[{"b":1,"b":1}]}]}""", "p.json, rules[1], a[0], b")]
    [InlineData("""{"min":1,"m\u0069n":2}""", "p.json, min")]
    public void KeyGivenTwice_IsInvalid_NamingItsPlace(string json, string where)
    {
        // A policy that gave a limit twice was read with the last one, so a gate of 0.999 was silently 0.1.
        // Such a file is refused now, wherever in it the key stands.
        var error = Assert.Throws<AuditException>(() => JsonFields.Parse(json, "p.json"));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Equal(where, error.Where);
    }

    [Theory]
    [InlineData("""{"\ud800":1}""", "p.json")]
    [InlineData("""{"a":[0,{"b":{"\udc00":1}}]}""", "p.json, a[1], b")]
    [InlineData("""{"a":"\ud800"}""", "p.json, a")]
    [InlineData("""{"a":{"b":["x","\ud800\ud800"]}}""", "p.json, a, b[1]")]
    [InlineData("""{"a":"\udc00\ud800"}""", "p.json, a")]
    public void HalfACharacter_IsInvalid_NamingItsPlace(string json, string where)
    {
        // An escape such as \ud800 without its pair is well-formed JSON but no text: the first reader of such a value threw an
        // InvalidOperationException, which ended in exit 70. It is refused while the file is parsed, whether anything asks for it or not.
        var error = Assert.Throws<AuditException>(() => JsonFields.Parse(json, "p.json"));
        Assert.Equal((AuditCode.Invalid, where), (error.Code, error.Where));
        Assert.Contains("half a character", error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void BothHalvesOfACharacter_AreText() =>
        Assert.Equal("\U0001F600", JsonFields.Parse("""{"a":"\ud83d\ude00"}""", "p.json").Text("a"));

    [Fact]
    public void SameKey_MayStandInDifferentObjects()
    {
        var fields = JsonFields.Parse("""{"min":1,"a":{"min":2},"Min":3}""", "p.json");
        Assert.Equal((1, 2, 3), (fields.Number("min"), fields.Object("a")!.Number("min"), fields.Number("Min")));
    }
}
