using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Families;

namespace OnnxAudit.Tests.Families;

/// <summary>What is found before any work.</summary>
public sealed class FamilyPlanTests : IDisposable
{
    private readonly FamilyFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("prune: { method: magnitude, amount: 1.5 }", AuditCode.Usage, "prune ('dense-prune'): mask amount: found 1.5; expected a fraction removed, 0 <= amount < 1")]
    [InlineData("prune: { method: magnitude, amount: half }", AuditCode.Invalid, "prune ('dense-prune'), amount: found \"half\"; expected a finite number")]
    [InlineData("prune: { method: magnitude }", AuditCode.Invalid, "prune ('dense-prune'), amount: found nothing; expected a number in [0,1)")]
    [InlineData("prune: { amount: 0.5 }", AuditCode.Invalid, "prune ('dense-prune'), method: found nothing; expected a string")]
    [InlineData("prune: { method: magic, amount: 0.5 }", AuditCode.Usage, "mask method: found 'magic'; expected one of magnitude,")]
    [InlineData("prune: { method: magnitude, amount: 0.5, scope: all }", AuditCode.Usage, "prune ('dense-prune'), scope: found 'all'; expected one of global, layer")]
    [InlineData("prune: { method: magnitude, amount: 0.5, include: [BatchNormalization] }", AuditCode.Usage, "no weight of that operator, node or initializer name")]
    [InlineData("prune: { method: magnitude, amount: 0.5, exclude: [Conv, Gemm] }", AuditCode.Invalid, "found no prunable weight; expected float initializers")]
    [InlineData("prune: { method: scores, amount: 0.5, scores: none.npz }", AuditCode.Invalid, "none.npz")]
    [InlineData("train: { epochs: 0 }", AuditCode.Usage, "epochs: found 0; expected 1 to 1000000")]
    [InlineData("train: { lr: 0.1 }", AuditCode.Invalid, "train ('dense-train'), epochs: found nothing")]
    [InlineData("train: { epochs: 1, lr: -1 }", AuditCode.Usage, "learning rate: found -1")]
    [InlineData("train: { epochs: 2, early-stop: 1 }", AuditCode.Usage, "early stop: found no test data")]
    [InlineData("train: { epochs: 1, mask: none.mask }", AuditCode.Invalid, "none.mask")]
    [InlineData("train: { epochs: 1, optimizer: adam, momentum: 0.5 }", AuditCode.Invalid, "momentum: found with optimizer adam")]
    [InlineData("train: { epochs: 1, data: \"idx:none,none\" }", AuditCode.Invalid, "none")]
    [InlineData("recalibrate: { batch: 1 }", AuditCode.Usage, "batch: found 1; expected 2 or more")]
    [InlineData("quantize: { method: best }", AuditCode.Usage, "quantize ('dense-quantize'), method: found 'best'; expected one of minmax")]
    [InlineData("quantize: { exclude: [nothing] }", AuditCode.Usage, "'nothing'")]
    public void ABadStep_IsRefusedBeforeWork_WithItsPlace(string step, AuditCode code, string message)
    {
        var error = Assert.Throws<AuditException>(() => _fixture.Plan($"  - {{ of: dense, {step} }}"));
        Assert.StartsWith("family.yaml, variants[0], ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message);
        Assert.Equal(code, error.Code);
        Assert.False(Directory.Exists(_fixture.In("out")));
    }

    [Theory]
    [InlineData("quantize: {}", "images to calibrate on")]
    [InlineData("recalibrate: {}", "images to estimate statistics on")]
    [InlineData("train: { epochs: 1 }", "labelled images to learn from")]
    [InlineData("prune: { method: taylor, amount: 0.5 }", "labelled images, which method taylor takes gradients over")]
    public void DataThatNobodyNames_IsAskedFor(string step, string wanted)
    {
        var error = Assert.Throws<AuditException>(() => _fixture.Plan($"  - {{ name: x, of: dense, {step} }}", head: "seed: 0"));
        Assert.Equal((AuditCode.Usage, "no data"), (error.Code, error.Found));
        Assert.Contains(wanted, error.Expected);
        Assert.Contains("('x')", error.Where);
    }

    [Fact]
    public void AChild_IsCheckedOnTheGraphOfItsGrandparent()
    {
        var error = Assert.Throws<AuditException>(() => _fixture.Plan("""
              - { name: a, of: dense, prune: { method: magnitude, amount: 0.5 } }
              - { name: b, of: a, prune: { method: magnitude, amount: 0.5, exclude: [Conv, Gemm] } }
            """));
        Assert.StartsWith("family.yaml, variants[1], prune ('b'): ", error.Message, StringComparison.Ordinal);
        Assert.Equal("no prunable weight", error.Found);
    }

    /// <summary>After quantize no file has the child's graph yet: its values are checked, its graph when it is there.</summary>
    [Fact]
    public void AChildOfAnotherGraph_IsCheckedByItsValues()
    {
        const string quantised = "  - { name: q, of: dense, quantize: {} }\n";
        Assert.Equal(2, _fixture.Plan(quantised + "  - { name: p, of: q, prune: { method: magnitude, amount: 0.5 } }").Order.Count);
        Assert.Contains("mask amount", Assert.Throws<AuditException>(() => _fixture.Plan(quantised + "  - { name: p, of: q, prune: { method: magnitude, amount: 2 } }")).Message);
    }

    [Fact]
    public void Parents_ComeFirst_WhereverTheyStand()
    {
        var plan = _fixture.Plan("""
              - { name: c, of: b, recalibrate: { batches: 1, batch: 8 } }
              - { name: b, of: a, recalibrate: { batches: 1, batch: 8 } }
              - { name: a, of: dense, prune: { method: magnitude, amount: 0.5 } }
            """);
        Assert.Equal(["a", "b", "c"], plan.Order.Select(v => v.Name));
    }

    [Fact]
    public void ARing_IsRefused()
    {
        var error = Assert.Throws<AuditException>(() => _fixture.Plan("""
              - { name: a, of: b, recalibrate: {} }
              - { name: b, of: c, recalibrate: {} }
              - { name: c, of: b, recalibrate: {} }
            """));
        Assert.Equal((AuditCode.Invalid, "a ring: 'b' from 'c' from 'b'"), (error.Code, error.Found));
    }

    [Fact]
    public void AModelThatIsNotThere_AndAnOutputOnAnInput_AreRefused()
    {
        const string variant = "  - { name: shapes_cnn, of: dense, prune: { method: magnitude, amount: 0.5 } }";
        var lost = FamilyFile.Read(OnnxAudit.Cli.YamlJson.Convert($"family: f\nmodels: {{ dense: none.onnx }}\nvariants:\n{variant}", "f.yaml"), "f.yaml", _fixture.In(""));
        var error = Assert.Throws<AuditException>(() => FamilyPlan.Of(lost, _fixture.In("out"), FamilyFixture.Means));
        Assert.StartsWith("f.yaml, models, dense ('dense'): ", error.Message, StringComparison.Ordinal);
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains("in one file", Assert.Throws<AuditException>(() => _fixture.Plan(variant, folder: "")).Message);
    }

    [Fact]
    public void NothingPrunable_IsRefused()
    {
        var quantised = new QuantisationRequest(_fixture.In("shapes_cnn.onnx"), _fixture.In("int8.onnx"), "synthetic:shapes#train[0:8]", FamilyFixture.Means.Runtime, "1.2.3");
        StaticQuantisation.Run(quantised);
        File.Move(_fixture.In("int8.onnx"), _fixture.In("shapes_cnn.onnx"), overwrite: true);
        var error = Assert.Throws<AuditException>(() => _fixture.Plan("  - { of: dense, prune: { method: magnitude, amount: 0.5 } }"));
        Assert.Equal((AuditCode.Invalid, "no prunable weight"), (error.Code, error.Found));
    }
}
