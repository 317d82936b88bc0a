using OnnxAudit.Analyses;
using OnnxAudit.Bundles;
using OnnxAudit.Comparison.Robustness;
using OnnxAudit.Runs;
using OnnxAudit.Statistics;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Analyses;

public sealed class AnalysisTests : IDisposable
{
    private static readonly AnalysisSettings Quick = new() { Bootstrap = new BootstrapOptions(50, Seed: 3), RandomPairs = 100 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Every count again, cell by cell and sample by sample.</summary>
    [Fact]
    public void Tallies_AreCountsOverGridAndLadder()
    {
        var bundle = new GridBundle().Write(_folder.Path);
        var analysis = Analysis.Of(bundle, Quick);
        Assert.Equal([("robustness", "dense", 3), ("pruning_vulnerability", "dense", 3), ("robustness", "mag50", 3), ("robustness", "mag90", 3), ("robustness", "rand50-a", 3), ("robustness", "rand50-b", 3)],
            analysis.Robustness.Tallies.Select(t => (t.Target, t.Cell.Variant, t.Cells)));
        var robustness = Counts(analysis, "dense--clean--cpu", "robustness");
        var vulnerability = Counts(analysis, "dense--clean--cpu", "pruning_vulnerability");
        for (var i = 0; i < GridBundle.Samples; i++)
        {
            Assert.Equal(new[] { "s-fog-1", "s-fog-3", "s-contrast-3" }.Sum(s => Correct(bundle, "dense", s)[i]), robustness[i]);
            Assert.Equal(new[] { "dense", "mag50", "mag90" }.Sum(v => Correct(bundle, v, "clean")[i]), vulnerability[i]);
        }

        Assert.Contains("corruptions and severities", analysis.Robustness.Tallies[0].Missing);
        Assert.Equal("ratios 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8", analysis.Robustness.Tallies[1].Missing);
    }

    [Fact]
    public void Correlations_AreOfTheCleanDenseCell()
    {
        var bundle = new GridBundle().Write(_folder.Path);
        var analysis = Analysis.Of(bundle, Quick);
        var table = Assert.Single(analysis.Robustness.Correlations);
        Assert.Equal("dense--clean--cpu", table.Cell.Id);
        Assert.Equal(6, table.Rows.Count);
        var margin = table.Rows.Single(r => r is { Target: "robustness", Measure: "margin" });
        var expected = Correlation.Pearson([.. Counts(analysis, "dense--clean--cpu", "robustness").Select(c => (double)c)], [.. bundle.Column(table.Cell, "margin").Span<float>().ToArray().Select(v => (double)v)]);
        Assert.Equal(expected, margin.Estimate.Pearson, 1e-12);
        Assert.True(margin.Estimate.Pearson > 0.3 && table.Rows.Single(r => r is { Target: "robustness", Measure: "angle" }).Estimate.Pearson < -0.3);
        Assert.Equal([3], analysis.RandomAngles.Select(a => a.Dimension));
    }

    [Fact]
    public void CorruptionErrors_AreThoseOfTheCells()
    {
        var bundle = new GridBundle().Write(_folder.Path);
        var figures = Analysis.Of(bundle, Quick).Corruptions;
        var (dense, pruned) = (figures.Single(f => f.Variant == "dense"), figures.Single(f => f.Variant == "mag90"));
        Assert.Equal(1 - Correct(bundle, "dense", "clean").Average(c => c), dense.Clean, 1e-12);
        Assert.Null(dense.Reference);
        Assert.Equal("dense", pruned.Reference);
        double Error(string variant, string suite) => 1 - Correct(bundle, variant, suite).Average(c => c);
        var fog = pruned.Corruptions.Single(c => c.Name == "fog");
        Assert.Equal((Error("mag90", "s-fog-1") + Error("mag90", "s-fog-3")) / (Error("dense", "s-fog-1") + Error("dense", "s-fog-3")), fog.Ratio, 1e-12);
        Assert.True(double.IsNaN(pruned.Means.Single(m => m.Name == CorruptionFigures.All).Error));
        Assert.Equal(pruned.Corruptions.Average(c => c.Error), pruned.Means.Single(m => m.Name == CorruptionFigures.Present).Error, 1e-12);
        Assert.Equal(GridBundle.Names, pruned.Classes.Select(c => c.Class));
        Assert.Equal(1, Analysis.Of(bundle, Quick with { Reference = "mag90" }).Corruptions.Single(f => f.Variant == "mag90").Corruptions[0].Ratio, 1e-12);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Analysis.Of(bundle, Quick with { Reference = "none" })).Code);
    }

    /// <summary>Two seeds of one treatment are one population of two; the two amounts of another are two of one.</summary>
    [Fact]
    public void Exemplars_AreByTreatment()
    {
        var exemplars = Analysis.Of(new GridBundle().Write(_folder.Path), Quick).Exemplars;
        Assert.Equal([1, 1, 2], exemplars.Groups.Select(g => g.After.Count));
        Assert.All(exemplars.Groups, g => Assert.Equal(["dense"], g.Before));
        Assert.Equal(3, exemplars.Pairs.Count);
        Assert.True(double.IsFinite(exemplars.Groups[0].Recalls[0].Recall.Difference) && double.IsNaN(exemplars.Groups[0].Recalls[0].Recall.P));
        Assert.Equal(exemplars.Groups[0].Exemplars.Members.Select(m => (byte)(m ? 1 : 0)), exemplars.Columns[0].Bytes);
    }

    [Fact]
    public void Comparisons_AreOfEveryCompressedVariantWithItsRoot()
    {
        var bundle = new GridBundle().Write(_folder.Path);
        var comparisons = Analysis.Of(bundle, Quick).Comparisons;
        Assert.Equal(["mag50", "mag90", "rand50-a", "rand50-b"], comparisons.Select(c => c.Model.Variant));
        var (before, after) = (Correct(bundle, "dense", "clean"), Correct(bundle, "mag90", "clean"));
        var all = comparisons[1].Slices[0];
        Assert.Equal((before.Zip(after).Count(p => p is (1, 0)), before.Zip(after).Count(p => p is (0, 1))), (all.Lost, all.Gained));
        Assert.Equal(5, comparisons[1].Slices.Count);
        Assert.Equal(["angle", "length", "margin", "probability"], comparisons[1].Transitions[0].Changes.Select(c => c.Key));
        Assert.Equal(Holm.Adjust([.. comparisons.SelectMany(c => c.Slices).Select(s => s.Means[0].P)]), comparisons.SelectMany(c => c.Slices).Select(s => s.Means[0].Adjusted));
    }

    /// <summary>Clean, fog at 3 (not at 1) and contrast: three pairs, each the mean over five models of Spearman's ρ.</summary>
    [Fact]
    public void Redundancy_IsTheMeanRankCorrelation_AtTheMiddleSeverity()
    {
        var grid = new GridBundle();
        var bundle = grid.Write(_folder.Path);
        var rows = Analysis.Of(bundle, Quick).Redundancy;
        Assert.Equal([("clean", "s-fog-3", 5), ("clean", "s-contrast-3", 5), ("s-fog-3", "s-contrast-3", 5)], rows.Select(r => (r.First, r.Second, r.Models)));
        double[] Margin(string variant, string suite) => [.. bundle.Column(new Cell($"{variant}--{suite}--cpu", variant, suite, "cpu"), "margin").Span<float>().ToArray().Select(v => (double)v)];
        Assert.Equal(grid.Variants.Average(v => Correlation.Spearman(Margin(v.Id, "clean"), Margin(v.Id, "s-fog-3"))), rows[0].Margin, 1e-12);
    }

    /// <summary>Two files without a recipe are two roots, unless one is said to come from the other.</summary>
    [Fact]
    public void UnknownOrigin_IsARoot_UnlessABaseIsNamed()
    {
        var bundle = new GridBundle { Variants = [("dense", null, null, "{}"), ("other", null, null, "{}")] }.Write(_folder.Path);
        Assert.Empty(Analysis.Of(bundle, Quick).Comparisons);
        var comparison = Assert.Single(Analysis.Of(bundle, Quick with { Base = "dense" }).Comparisons);
        Assert.Equal(("dense", "other"), (comparison.Base.Variant, comparison.Model.Variant));
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Analysis.Of(bundle, Quick with { Base = "none" })).Code);
    }

    /// <summary>A published suite's folder has its own data; it is recognised by its labels.</summary>
    [Fact]
    public void SuitesOfOtherFiles_JoinTheCleanOneWithTheirLabels_OrAreNamed()
    {
        var bundle = new GridBundle { Suites = [("clean", "cifar10:x", null), ("fog", "suite:y#fog@2", new("fog", 2))] }.Write(_folder.Path);
        var grid = Assert.Single(CorruptionSuites.Of(bundle, out var left));
        Assert.Equal(["fog"], grid.Corrupted.Select(c => c.Suite));
        Assert.Empty(left);
        using var other = new TemporaryFolder();
        var alone = new GridBundle { Suites = [("fog", "suite:y#fog@2", new("fog", 2))] }.Write(other.Path);
        Assert.Empty(CorruptionSuites.Of(alone, out left));
        Assert.Equal(["fog"], left);
        Assert.Single(Analysis.Of(alone, Quick).Notes);
    }

    [Fact]
    public void MissingCells_AreCountedAndSaid()
    {
        var analysis = Analysis.Of(new GridBundle().Write(_folder.Path, without: "dense--s-fog-3--cpu"), Quick);
        Assert.Equal(2, analysis.Robustness.Tallies[0].Cells);
        Assert.EndsWith("1 unfinished cells", analysis.Robustness.Tallies[0].Missing);
    }

    private static int[] Counts(Analysis analysis, string place, string name) =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(analysis.Columns.Single(c => c.Place == place && c.Name == name).Bytes).ToArray();

    private static int[] Correct(Bundle bundle, string variant, string suite) =>
        [.. bundle.Column(new Cell($"{variant}--{suite}--cpu", variant, suite, "cpu"), "correct").Data.ToArray().Select(b => (int)b)];
}
