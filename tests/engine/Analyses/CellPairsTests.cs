using OnnxAudit.Analyses;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Analyses;

public sealed class CellPairsTests : IDisposable
{
    private readonly TemporaryFolder _first = new();
    private readonly TemporaryFolder _second = new();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public void WithinABundle_EveryVariantMeetsItsRoot_OrTheBaseNamed()
    {
        var bundle = new GridBundle().Write(_first.Path);
        Assert.Equal(16, CellPairs.Of(bundle, bundle, null, [], []).Count);
        var one = Assert.Single(CellPairs.Of(bundle, bundle, "mag50", ["mag90"], ["s-fog-3"]));
        Assert.Equal(("mag50--s-fog-3--cpu", "mag90--s-fog-3--cpu"), (one.Base.Cell.Id, one.Model.Cell.Id));
        foreach (var wrong in new Action[] { () => CellPairs.Of(bundle, bundle, "x", [], []), () => CellPairs.Of(bundle, bundle, null, ["x"], []), () => CellPairs.Of(bundle, bundle, null, [], ["x"]), () => CellPairs.Of(bundle, bundle, null, ["dense"], []) })
            Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(wrong).Code);
    }

    [Fact]
    public void AcrossBundles_NamesakesMeet_OrTheOnlyVariants()
    {
        var first = new GridBundle { Variants = [("old", null, null, "{}")] }.Write(_first.Path);
        var second = new GridBundle { Variants = [("new", null, null, "{}")] }.Write(_second.Path);
        Assert.All(CellPairs.Of(first, second, null, [], []), p => Assert.Equal(("old", "new"), (p.Base.Cell.Variant, p.Model.Cell.Variant)));
        using var folder = new TemporaryFolder();
        var third = new GridBundle().Write(folder.Path);
        Assert.Throws<AuditException>(() => CellPairs.Of(first, third, null, [], []));
        Assert.Equal(4, CellPairs.Of(first, third, "old", ["mag50"], []).Count);
    }

    [Fact]
    public void OtherSamples_AreRefused_NamingWhatDiffers()
    {
        var first = new GridBundle().Write(_first.Path);
        var second = new GridBundle { FirstId = 7 }.Write(_second.Path);
        var pair = CellPairs.Of(first, second, "dense", ["mag50"], ["clean"])[0];
        var e = Assert.Throws<AuditException>(() => CellComparison.Of(pair.Base, pair.Model, 5));
        Assert.Equal(AuditCode.Invalid, e.Code);
        Assert.Contains("sample ids", e.Found);
    }
}
