using OnnxAudit.Gradients;

namespace OnnxAudit.Tests.Gradients;

/// <summary>What rules emit can be differentiated again, and every rule is exercised.</summary>
public class ClosureTests
{
    [Fact]
    public void EveryOperatorThatRulesEmit_HasARow()
    {
        var rows = GradientTable.Rows.Select(r => r.Op).ToHashSet(StringComparer.Ordinal);
        var missing = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var example in GradientExamples.All)
        {
            var (model, feeds) = example.Model();
            var graph = new LossGraph(model, feeds, example.With);
            graph.Differentiate();
            foreach (var op in graph.Emitted.Except(rows)) missing.TryAdd(op, example.Name);
        }

        Assert.Empty(missing.Select(m => $"{m.Key}, emitted for {m.Value}"));
    }

    [Fact]
    public void EveryRowWithARule_HasAnExample()
    {
        var shown = GradientExamples.All.Select(e => e.Op).ToHashSet(StringComparer.Ordinal);
        string[] estimators = ["QuantizeLinear", "DequantizeLinear"]; // no derivatives to compare with: expected values in QuantisationTests
        var none = GradientTable.Rows.Single(r => r.Op == "Shape").Rule;
        Assert.Empty(GradientTable.Rows.Where(r => r.Rule != none && !shown.Contains(r.Op) && !estimators.Contains(r.Op)).Select(r => r.Op));
    }
}
