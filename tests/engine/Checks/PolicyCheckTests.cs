using OnnxAudit.Bundles;
using OnnxAudit.Checks;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Checks;

public class PolicyCheckTests
{
    private const string Drop = """{"rules":[{"name":"no-drop","metric":"accuracy","relative":{"max_drop":0.01}}]}""";

    [Fact]
    public void InjectedTwoPointLoss_Fails_NamingCellAndRule()
    {
        var baseline = new MadeSource(10_000) { Name = "base" }.Add("dense", "clean", MadeSource.FirstWrong(10_000, 1600)).Add("half", "clean", MadeSource.FirstWrong(10_000, 1800));
        var bundle = new MadeSource(10_000).Add("dense", "clean", MadeSource.FirstWrong(10_000, 1600)).Add("half", "clean", MadeSource.FirstWrong(10_000, 2000));
        var report = Check(Drop, bundle, baseline);
        Assert.Equal(1, report.ExitCode);
        var verdict = Assert.Single(report.Verdicts, v => v.Status != VerdictStatus.Pass);
        Assert.Equal(VerdictStatus.Fail, verdict.Status);
        Assert.Equal("half--clean--cpu × no-drop", verdict.Name);
        Assert.Equal((0.80, 0.82), (verdict.Observed!.Value, verdict.Reference!.Value));
        Assert.Equal((200, 0), (verdict.Test!.Lost, verdict.Test.Gained));
        Assert.Equal("accuracy 0.8 is below 0.81 (reference 0.82, change -0.02); 200 lost and 0 gained of 10000 samples, adjusted p = 1.24E-60 < 0.01", verdict.Message);
    }

    [Fact]
    public void LossWithinTheMargin_Passes_HoweverSignificant()
    {
        var baseline = new MadeSource(10_000).Add("a", "clean", MadeSource.FirstWrong(10_000, 1000));
        var report = Check(Drop, new MadeSource(10_000).Add("a", "clean", MadeSource.FirstWrong(10_000, 1100)), baseline);
        Assert.Equal(0, report.ExitCode);
        Assert.True(report.Verdicts[0].Test!.P < 1e-20);
    }

    [Fact]
    public void LossBeyondTheMargin_Passes_WhenItMayBeChance()
    {
        var (before, now) = (new byte[1000], new byte[1000]);
        // 65 lost and 45 gained: 2 points worse, p = 0.035.
        for (var row = 0; row < 1000; row++) (before[row], now[row]) = row < 65 ? ((byte)1, (byte)0) : row < 110 ? ((byte)0, (byte)1) : ((byte)1, (byte)1);
        var report = Check(Drop, new MadeSource(1000).Add("a", "clean", now), new MadeSource(1000).Add("a", "clean", before));
        Assert.Equal(0, report.ExitCode);
        Assert.Contains("may be chance", report.Verdicts[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, 1, 5)]
    [InlineData(7, 1, 1)]
    [InlineData(7, 2, 5)]
    [InlineData(8, 2, 1)]
    public void TooFewDiscordantPairs_AreInconclusive_CountingAllTestsOfThePolicy(int lost, int tests, int exitCode)
    {
        var (bundle, baseline) = (new MadeSource(100), new MadeSource(100));
        for (var i = 0; i < tests; i++)
        {
            baseline.Add($"v{i}", "clean", MadeSource.FirstWrong(100, 10));
            bundle.Add($"v{i}", "clean", MadeSource.FirstWrong(100, i == 0 ? 10 + lost : 10));
        }

        Assert.Equal(exitCode, Check(Drop, bundle, baseline).ExitCode);
    }

    [Fact]
    public void FailureElsewhere_OutranksInconclusive()
    {
        var bundle = new MadeSource(100).Add("a", "clean", MadeSource.FirstWrong(100, 13)).Add("b", "clean", MadeSource.FirstWrong(100, 60));
        var baseline = new MadeSource(100).Add("a", "clean", MadeSource.FirstWrong(100, 10)).Add("b", "clean", MadeSource.FirstWrong(100, 10));
        var report = Check(Drop, bundle, baseline);
        Assert.Equal([VerdictStatus.Inconclusive, VerdictStatus.Fail], report.Verdicts.Select(v => v.Status));
        Assert.Equal(1, report.ExitCode);
    }

    [Fact]
    public void HolmFamily_IsAllPairedTests_NotOnlyTheSuspects()
    {
        // 9 of 9 lost is p = 0.00195: significant alone, not among 8 tests.
        MadeSource Made(int wrong)
        {
            var made = new MadeSource(100).Add("a", "clean", MadeSource.FirstWrong(100, wrong));
            for (var i = 0; i < 7; i++) made.Add($"same{i}", "clean", MadeSource.FirstWrong(100, 10));
            return made;
        }

        var report = Check(Drop, Made(19), Made(10));
        Assert.Equal(8 * Math.Pow(2, -9), report.Verdicts[0].Test!.AdjustedP, 1e-12);
        Assert.Equal(VerdictStatus.Inconclusive, report.Verdicts[0].Status);
    }

    [Fact]
    public void ClassesAndGroups_AreHeldOneByOne()
    {
        const string Policy = """
            {"rules":[{"name":"per-class","metric":"accuracy","slice":{"class":"*"},"relative":{"max_drop":0.05}},
            {"name":"night","metric":"accuracy","slice":{"group":"night"},"relative":{"max_drop":0.05}}]}
            """;
        var now = MadeSource.FirstWrong(1000, 0);
        for (var row = 2; row < 1000; row += 10) now[row] = 0; // half of class "cat", and one of the ten night samples
        var report = Check(Policy, new MadeSource(1000).Add("a", "clean", now), new MadeSource(1000).Add("a", "clean", MadeSource.FirstWrong(1000, 0)));
        Assert.Equal(6, report.Verdicts.Count);
        Assert.Equal("a--clean--cpu × per-class [class cat]", Assert.Single(report.Verdicts, v => v.Status == VerdictStatus.Fail).Name);
        Assert.Equal((200, 100), (report.Verdicts[2].Test!.Pairs, report.Verdicts[2].Test!.Lost));
        Assert.Equal(VerdictStatus.Inconclusive, report.Verdicts[5].Status);
    }

    [Theory]
    [InlineData("nll", "{\"max\":0.5}", 0)]
    [InlineData("nll", "{\"max\":0.4}", 1)]
    [InlineData("nll", "{\"min\":0.5,\"max\":0.5}", 0)]
    [InlineData("nll", "{\"min\":0.6}", 1)]
    [InlineData("latency.batch1.p50_ms", "{\"max\":2}", 0)]
    [InlineData("latency.batch1.p50_ms", "{\"max\":1.9}", 1)]
    [InlineData("energy_mj", "{\"max\":3}", 0)]
    [InlineData("energy_mj", "{\"max\":2}", 1)]
    public void AbsoluteLimits_HoldAnyMetric(string metric, string limit, int exitCode)
    {
        var bundle = new MadeSource(10).Add("a", "clean", MadeSource.FirstWrong(10, 1), ("nll", 0.5)).Metric("a", "energy_mj", 3);
        Assert.Equal(exitCode, Check(Rule(metric, "limit", limit), bundle, null).ExitCode);
    }

    [Fact]
    public void MetricThatIsSaidTwiceDifferently_Fails()
    {
        var bundle = new MadeSource(10).Add("a", "clean", MadeSource.FirstWrong(10, 1), ("energy_mj", 3)).Metric("a", "energy_mj", 4);
        Assert.Equal(VerdictStatus.Error, Assert.Single(Check(Rule("energy_mj", "limit", "{\"max\":9}"), bundle, null).Verdicts).Status);
    }

    [Theory]
    [InlineData("{\"max_rise\":0.1}", 0)]
    [InlineData("{\"max_rise\":0.05}", 1)]
    [InlineData("{\"max_rise_ratio\":0.25}", 0)]
    [InlineData("{\"max_rise_ratio\":0.2}", 1)]
    [InlineData("{\"max_rise\":1,\"max_rise_ratio\":0.2}", 1)]
    [InlineData("{\"max_drop\":0}", 0)]
    public void RelativeLimits_AreAroundTheBaseline(string relative, int exitCode)
    {
        var bundle = new MadeSource(10).Add("a", "clean", MadeSource.FirstWrong(10, 1), ("nll", 0.5));
        var baseline = new MadeSource(10).Add("a", "clean", MadeSource.FirstWrong(10, 1), ("nll", 0.4));
        Assert.Equal(exitCode, Check(Rule("nll", "relative", relative), bundle, baseline).ExitCode);
        if (exitCode == 1) Assert.Null(Check(Rule("nll", "relative", relative), bundle, baseline).Verdicts[0].Test);
    }

    [Fact]
    public void VariantOfTheSameBundle_CanBeTheReference()
    {
        var bundle = new MadeSource(1000).Add("dense", "clean", MadeSource.FirstWrong(1000, 100)).Add("half", "clean", MadeSource.FirstWrong(1000, 105))
            .Add("tenth", "clean", MadeSource.FirstWrong(1000, 400));
        var report = Check("""{"rules":[{"name":"r","metric":"accuracy","relative":{"variant":"dense","max_drop":0.01}}]}""", bundle, null);
        Assert.Equal(["half--clean--cpu", "tenth--clean--cpu"], report.Verdicts.Select(v => v.Cell));
        Assert.Equal([VerdictStatus.Pass, VerdictStatus.Fail], report.Verdicts.Select(v => v.Status));
    }

    [Theory]
    [InlineData("[\"dense\",\"half\"]", new[] { "half--clean--cpu" }, 0)]
    [InlineData("[\"dense\",\"half\",\"gone\"]", new[] { "variant 'gone'", "half--clean--cpu" }, 1)]
    [InlineData("[\"dense\",\"half\",\"dense-*\"]", new[] { "variant 'dense-*'", "half--clean--cpu" }, 1)]
    [InlineData("[\"dense\"]", new[] { "variant 'dense'", "suite '*'", "device '*'" }, 1)]
    public void ReferenceNamedAmongTheCells_IsNoLostCell(string variants, string[] cells, int exitCode)
    {
        // A rule that listed its own reference among its cells always failed with "matches no cell":
        // the reference's cells were left out before unmatched patterns were looked for.
        var bundle = new MadeSource(1000).Add("dense", "clean", MadeSource.FirstWrong(1000, 100)).Add("half", "clean", MadeSource.FirstWrong(1000, 105));
        var policy = $$$"""{"rules":[{"name":"r","metric":"accuracy","cells":{"variant":{{{variants}}}},"relative":{"variant":"dense","max_drop":0.01}}]}""";
        var report = Check(policy, bundle, null);
        Assert.Equal(cells, report.Verdicts.Select(v => v.Cell));
        Assert.Equal(exitCode, report.ExitCode);
    }

    public static TheoryData<string, string> Missing => new()
    {
        { "metric", "metric 'accuracy' is missing in base" }, { "cell", "not finished" }, { "baseline cell", "base has no such cell" },
        { "baseline cell unfinished", "to compare with, was not finished" }, { "bundle lost a cell", "the baseline has this cell, the bundle does not" },
        { "column", "column 'correct' is missing in bundle" }, { "ids", "other sample ids in base" }, { "labels", "other labels in base" },
        { "data", "other data in base" }, { "NaN", "undefined in bundle" }, { "disagreement", "cell.json says" },
    };

    [Theory]
    [MemberData(nameof(Missing))]
    public void WhatIsMissingOrNotComparable_Fails(string what, string message)
    {
        var right = MadeSource.FirstWrong(100, 10);
        var bundle = new MadeSource(100);
        var baseline = what switch
        {
            "ids" => new MadeSource(100) { Name = "base", FirstIndex = 5 },
            "labels" => new MadeSource(100) { Name = "base", LabelShift = 1 },
            "data" => new MadeSource(100) { Name = "base", DataSha256 = new string('e', 64) },
            _ => new MadeSource(100) { Name = "base" },
        };
        var metric = what is "NaN" or "metric" ? "nll" : "accuracy";
        switch (what)
        {
            case "cell": bundle.Plan("a", "clean"); break;
            case "column": bundle.Add("a", "clean", null); break;
            case "NaN": bundle.Add("a", "clean", right, ("nll", double.NaN)); break;
            case "metric": bundle.Add("a", "clean", right, ("nll", 1)); break;
            case "disagreement": bundle.Add("a", "clean", (byte[])right.Clone()); break;
            case "bundle lost a cell": bundle.Add("other", "clean", right); baseline.Add("other", "clean", right); break;
            default: bundle.Add("a", "clean", right); break;
        }

        switch (what)
        {
            case "baseline cell": baseline.Add("b", "clean", right); bundle.Add("b", "clean", right); break;
            case "baseline cell unfinished": baseline.Plan("a", "clean"); break;
            case "NaN": baseline.Add("a", "clean", right, ("nll", 1)); break;
            default: baseline.Add("a", "clean", right); break;
        }

        if (what == "disagreement") Flip(bundle);
        var report = Check(Rule(metric, "relative", "{\"max_drop\":0.5}"), bundle, baseline);
        Assert.Equal(1, report.ExitCode);
        var verdict = Assert.Single(report.Verdicts, v => v.Status == VerdictStatus.Error);
        Assert.Contains(message.Replace("'accuracy'", $"'{metric}'", StringComparison.Ordinal), verdict.Message, StringComparison.Ordinal);
        Assert.Contains(" × r", verdict.Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"variant\":\"nothing*\"}", "variant 'nothing*'")]
    [InlineData("{\"variant\":[\"a\",\"gone\"]}", "variant 'gone'")]
    [InlineData("{\"suite\":\"fog-*\"}", "suite 'fog-*'")]
    [InlineData("{\"device\":\"cuda\"}", "device 'cuda'")]
    public void SelectorThatMatchesNothing_Fails(string cells, string named)
    {
        var bundle = new MadeSource(10).Add("a", "clean", MadeSource.FirstWrong(10, 1));
        var report = Check(Rule("accuracy", "cells", cells, "limit", "{\"min\":0}"), bundle, null);
        Assert.Equal(1, report.ExitCode);
        Assert.Contains(report.Verdicts, v => v.Status == VerdictStatus.Error && v.Cell == named);
    }

    [Theory]
    [InlineData("{\"class\":\"zebra\"}")]
    [InlineData("{\"group\":\"day*\"}")]
    public void SliceThatMatchesNothing_Fails(string slice)
    {
        var bundle = new MadeSource(10).Add("a", "clean", MadeSource.FirstWrong(10, 1));
        Assert.Equal(1, Check(Rule("accuracy", "slice", slice, "limit", "{\"min\":0}"), bundle, null).ExitCode);
    }

    [Fact]
    public void GroupOfOtherSamples_IsNotCompared()
    {
        const string Policy = """{"rules":[{"name":"r","metric":"accuracy","slice":{"group":"night"},"relative":{"max_drop":0.9}}]}""";
        var report = Check(Policy, new MadeSource(100).Add("a", "clean", MadeSource.FirstWrong(100, 5)),
            new MadeSource(100) { GroupRows = 20 }.Add("a", "clean", MadeSource.FirstWrong(100, 5)));
        Assert.Equal(1, report.ExitCode);
        Assert.Contains("holds other samples", report.Verdicts[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RelativeRuleWithoutBaseline_IsAUsageError() =>
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Check(Drop, new MadeSource(10).Add("a", "clean", new byte[10]), null)).Code);

    [Fact]
    public void BundlesOnDisk_AreCompared_AndIdenticalOnesPass()
    {
        using var before = new TemporaryFolder();
        using var same = new TemporaryFolder();
        using var worse = new TemporaryFolder();
        new SmallBundle().Run(before.Path);
        new SmallBundle { Latency = 7 }.Run(same.Path);
        new SmallBundle { ErrorPercent = v => v == "dense" ? 10 : 45 }.Run(worse.Path);
        var policy = PolicyJson.Read("""
            {"rules":[{"name":"drop","metric":"accuracy","relative":{"max_drop":0.01}},
            {"name":"classes","metric":"accuracy","slice":{"class":"*"},"relative":{"max_drop":0.01}},
            {"name":"groups","metric":"accuracy","slice":{"group":"night"},"relative":{"max_drop":0.01}}]}
            """, "p.json");
        var baseline = Bundle.Open(before.Path);
        Assert.Equal(0, PolicyCheck.Run(policy, Bundle.Open(same.Path), baseline).ExitCode);
        var report = PolicyCheck.Run(policy, Bundle.Open(worse.Path), baseline);
        Assert.Equal(1, report.ExitCode);
        Assert.Contains(report.Verdicts, v => v.Status == VerdictStatus.Fail && v.Name == "magnitude-0.50--clean--cpu × drop");
        Assert.All(report.Verdicts.Where(v => v.Cell.StartsWith("dense", StringComparison.Ordinal)), v => Assert.Equal(VerdictStatus.Pass, v.Status));
    }

    private static void Flip(MadeSource source)
    {
        var column = source.Correct(source.Manifest.Cells[0])!.Value;
        System.Runtime.InteropServices.MemoryMarshal.AsMemory(column).Span[50] = 0;
    }

    private static string Rule(string metric, params string[] keysAndValues)
    {
        var members = keysAndValues.Chunk(2).Select(pair => $"\"{pair[0]}\":{pair[1]}");
        return "{\"rules\":[{\"name\":\"r\",\"metric\":\"" + metric + "\"," + string.Join(',', members) + "}]}";
    }

    private static CheckReport Check(string policy, MadeSource bundle, MadeSource? baseline) => PolicyCheck.Run(PolicyJson.Read(policy, "p.json"), bundle, baseline);
}
