using System.Text.RegularExpressions;
using OnnxAudit.Analyses;
using OnnxAudit.Reports;
using OnnxAudit.Statistics;
using OnnxAudit.Tests.Analyses;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Reports;

/// <summary>What the report says of a bundle's analysis.</summary>
public sealed partial class AnalysisSectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Report_HasItsSections_WithTheAnalysisFigures()
    {
        var bundle = new GridBundle().Write(_folder.Path);
        var html = HtmlReport.Text(bundle);
        foreach (var id in new[] { "behaviours", "exemplars", "corruptions", "redundancy", "correlations" }) Assert.Contains($"<section id=\"{id}\">", html);
        var analysis = Analysis.Of(bundle, new AnalysisSettings());
        var margin = analysis.Robustness.Correlations[0].Rows.Single(r => r is { Target: "robustness", Measure: "margin" });
        Assert.Contains($"<td class=\"n strong\">{margin.Estimate.Pearson:0.000}</td>", Section(html, "correlations"));
        Assert.Contains(Figures.Percent(analysis.Corruptions.Single(c => c.Variant == "mag90").Means[^1].Error), Section(html, "corruptions"));
        Assert.Contains(Figures.Percent(analysis.Exemplars.Groups[0].Exemplars.Share), Section(html, "exemplars"));
        Assert.Equal(html, HtmlReport.Text(bundle));
    }

    /// <summary>A bar a variant of the family, the model they come from first; its height is the accuracy.</summary>
    [Fact]
    public void EvaluationTable_DrawsABarAVariant()
    {
        var section = Section(HtmlReport.Text(new GridBundle().Write(_folder.Path)), "corruptions");
        var bars = Bars().Matches(section);
        // Rows clean, fog and contrast; dense + two of magnitude, dense + two of random.
        Assert.Equal(3 * 6, bars.Count);
        Assert.Contains("0 % removed:", bars[0].Groups[2].Value);
        Assert.Contains("90 % removed:", bars[2].Groups[2].Value);
        foreach (Match bar in bars)
        {
            var accuracy = double.Parse(bar.Groups[2].Value.Split(": ")[1].TrimEnd(' ', '%'), System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(accuracy / 100 * 40, double.Parse(bar.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 0.03);
        }
    }

    /// <summary>Twenty corrupted suites would bury the page; their tables are the section's.</summary>
    [Fact]
    public void CorruptedSuites_HaveNoTablesOfTheirOwn()
    {
        var html = HtmlReport.Text(new GridBundle().Write(_folder.Path));
        Assert.DoesNotContain("<h3>s-fog-3", Section(html, "top"));
        Assert.Contains("<h3>clean", Section(html, "top"));
        using var other = new TemporaryFolder();
        var alone = HtmlReport.Text(new GridBundle { Suites = [("fog", "suite:y#fog@2", new("fog", 2))] }.Write(other.Path));
        Assert.Contains("<h3>fog", Section(alone, "top"));
    }

    /// <summary>With a base named by analyze, the report compares with that base too.</summary>
    [Fact]
    public void Settings_AreThoseOfTheDefaultAnalysis()
    {
        var bundle = new GridBundle { Variants = [("dense", null, null, "{}"), ("other", null, null, "{}")] }.Write(_folder.Path);
        Assert.DoesNotContain("<section id=\"behaviours\">", HtmlReport.Text(bundle));
        var settings = new AnalysisSettings { Base = "dense", Bootstrap = new BootstrapOptions(30, 0.9, ulong.MaxValue), RandomPairs = 60, Top = 3 };
        AnalysisFolder.Write(bundle, "default", Analysis.Of(bundle, settings));
        Assert.Equal(settings, AnalysisFolder.Settings(bundle, "default"));
        Assert.Contains("<section id=\"behaviours\">", HtmlReport.Text(bundle));
    }

    [Fact]
    public void Names_AreEscaped()
    {
        var bundle = new GridBundle { Variants = [("dense", null, null, "{}"), ("m", "dense", "<b>cut</b>", """{"amount":"<i>"}""")] }.Write(_folder.Path);
        var html = HtmlReport.Text(bundle);
        Assert.Contains("&lt;b&gt;cut", html);
        Assert.DoesNotContain("<b>cut", html);
        Assert.DoesNotContain("<i>", html);
    }

    private static string Section(string html, string id) => Regex.Match(html, $"<section id=\"{id}\">.*?</section>", RegexOptions.Singleline).Value;

    [GeneratedRegex("<rect class=\"bar\"[^>]* height=\"([0-9.]+)\"><title>([^<]*)</title>")]
    private static partial Regex Bars();
}
