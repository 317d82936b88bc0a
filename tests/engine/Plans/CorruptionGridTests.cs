using OnnxAudit.Corruptions;
using OnnxAudit.Corruptions.Mnist;
using OnnxAudit.Plans;

namespace OnnxAudit.Tests.Plans;

public sealed class CorruptionGridTests
{
    [Fact]
    public void Grid_PutsTheDataAsTheyAreFirst_ThenEveryCorruptionMildToStrong()
    {
        var grid = CorruptionGrid.Parse(["contrast,brightness"], ["5,1-2"], "test");
        var suites = grid.Over(new SuitePlan("shapes", "synthetic:shapes")).ToArray();
        var order = CorruptionTable.All.Select(c => c.Name).Where(n => n is "contrast" or "brightness");
        Assert.Equal(["shapes", .. order.SelectMany(n => new[] { 1, 2, 5 }.Select(s => $"shapes-{n}-{s}"))], suites.Select(s => s.Id));
        Assert.Null(suites[0].Corruption);
        Assert.All(suites, s => Assert.Equal("synthetic:shapes", s.Data));
    }

    [Fact]
    public void Words_StandForTheirCorruptions_AndSeveritiesDefaultToAll()
    {
        var all = CorruptionGrid.Parse(["all"], [], "test");
        Assert.Equal(CorruptionTable.All, all.Corruptions);
        Assert.Equal(all.Cells, CorruptionTable.All.SelectMany(c => Enumerable.Range(1, 5).Select(s => new SuiteCorruption(c.Name, s))));
        Assert.Equal(all.Cells, CorruptionGrid.Parse(["extra", "common"], [], "test").Cells);
        Assert.Equal(15 * 2, CorruptionGrid.Parse(["common"], ["2-3"], "test").Cells.Count);
        Assert.Equal(MnistTable.Published.Select(p => (p.Corruption.Name, p.Severity)).Order(), CorruptionGrid.Parse(["mnist-c"], [], "test").Cells.Select(c => (c.Name, c.Severity)).Order());
        Assert.Equal(["shear"], CorruptionGrid.Parse(["shear"], ["2"], "test").Corruptions.Select(c => c.Name));
    }

    [Theory]
    [InlineData("fogg", "1")]
    [InlineData("contrast", "0")]
    [InlineData("contrast", "6")]
    [InlineData("contrast", "3-1")]
    [InlineData("contrast", "1-2-3")]
    [InlineData("contrast", "x")]
    [InlineData("contrast", "2,1-3")]
    [InlineData("contrast,contrast", "1")]
    [InlineData("all,contrast", "1")]
    public void WrongLists_AreUsageErrors(string names, string severities) =>
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => CorruptionGrid.Parse([names], [severities], "test")).Code);

    [Fact]
    public void PlanFile_SpellsTheGridOut_AndReadsItselfBack()
    {
        var defaults = new AuditPlan { Variants = [], Suites = [] };
        var plan = PlanFile.Read("""{"models": ["m.onnx"], "data": ["synthetic:shapes"], "corruptions": ["contrast"], "severities": [1, "3-4"], "corruption_profile": "cifar"}""", "plan.yaml", defaults);
        Assert.Equal([null, new SuiteCorruption("contrast", 1), new SuiteCorruption("contrast", 3), new SuiteCorruption("contrast", 4)], plan.Suites.Select(s => s.Corruption));
        Assert.Equal("cifar", plan.CorruptionProfile);
        var text = PlanFile.Write(plan);
        Assert.Equal(text, PlanFile.Write(PlanFile.Read(text, "manifest", defaults)));
    }

    [Theory]
    [InlineData("""{"models": ["m.onnx"], "data": ["synthetic:shapes"], "severities": [1]}""")]
    [InlineData("""{"models": ["m.onnx"], "suites": [{"id": "s", "data": "synthetic:shapes"}], "corruptions": ["all"]}""")]
    [InlineData("""{"models": ["m.onnx"], "suites": [{"id": "s", "data": "synthetic:shapes", "corruption": "contrast"}]}""")]
    [InlineData("""{"models": ["m.onnx"], "suites": [{"id": "s", "data": "synthetic:shapes", "severity": 2}]}""")]
    [InlineData("""{"models": ["m.onnx"], "suites": [{"id": "s", "data": "synthetic:shapes", "corruption": "all", "severity": 2}]}""")]
    [InlineData("""{"models": ["m.onnx"], "data": ["synthetic:shapes"], "corruption_profile": "huge"}""")]
    public void WrongGrids_InAPlanFile_AreRefused(string json) =>
        Assert.Throws<AuditException>(() => PlanFile.Read(json, "plan.yaml", new AuditPlan { Variants = [], Suites = [] }));
}
