using OnnxAudit.Comparison.Layers;
using OnnxAudit.Reports;
using OnnxAudit.Tests.Comparison.Layers;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Reports;

/// <summary>The page of two models' layers.</summary>
public class LayerSectionTests
{
    private static readonly LayerComparison Pruned = LayerComparison.Of(LayerModels.Net(1), LayerModels.Net(1, zeros: 2), new LayerSettings(),
        new ActivationSource(Ort.Library, new WholeSamples(20), null, null));

    [Fact]
    public void Zeros_AreSharesOfTheElements()
    {
        var html = LayerSection.Weights(Pruned).Html;
        var change = Pruned.Weights[1].Change!;
        Assert.Contains($"<td class=\"n\">{Figures.Percent(change.ZeroInBoth / 108.0)}</td><td class=\"n\">0.00 %</td><td class=\"n\">{Figures.Percent(change.ZeroOnlyInSecond / 108.0)}</td>", html, StringComparison.Ordinal);
        Assert.Contains("all compared", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Histograms_SayTheirSharesOnHover()
    {
        var change = Pruned.Weights[0].Change!.Histogram;
        var last = (double)Enumerable.Range(0, change.Bins + 2).Sum(r => change[r, 5]) / 12;
        Assert.Contains($"100 % or more: {Figures.Percent(last)}</title>", ChangeBars.Draw(change).Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_HasWeightsAndActivations_AndNoRemarksWhenAllMatches()
    {
        var html = LayerReport.Text(Pruned);
        Assert.Contains("<title>Layers of net1.onnx and net1.onnx</title>", html, StringComparison.Ordinal);
        Assert.Contains("id=\"activations\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"remarks\"", html, StringComparison.Ordinal);
        Assert.Contains("20 samples of made-up:whole", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_SaysWhatWasMatchedOtherwise()
    {
        var html = LayerReport.Text(LayerComparison.Of(LayerModels.Net(1), LayerModels.Net(2, prefix: "<p>"), new LayerSettings()));
        Assert.Contains("fc.weight was matched with &lt;p&gt;fc.weight by operator, shape and place.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"activations\"", html, StringComparison.Ordinal);
    }
}
