using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Gradients;

/// <summary>Every example of <see cref="GradientExamples"/> under every check.</summary>
public class GradientExampleTests
{
    private static readonly Dictionary<string, GradientExample> ByName = GradientExamples.All.ToDictionary(e => e.Name, StringComparer.Ordinal);

    public static TheoryData<string> Every => [.. ByName.Keys];

    public static TheoryData<string> Smooth => [.. ByName.Values.Where(e => e.Smooth).Select(e => e.Name)];

    public static TheoryData<string> InRuntime => [.. ByName.Values.Where(e => e.NotInRuntime is null).Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Every))]
    public void Gradient_IsThatOfFiniteDifferences(string name)
    {
        var example = ByName[name];
        var (model, feeds) = example.Model();
        GradientCheck.Holds(model, feeds, example.With, example.Tolerance, example.Step);
    }

    [Theory]
    [MemberData(nameof(Smooth))]
    public void SecondGradient_IsThatOfFiniteDifferences(string name)
    {
        var example = ByName[name];
        var (model, feeds) = example.Model();
        GradientCheck.SecondHolds(model, feeds, example.With, example.Tolerance, example.Step);
    }

    /// <summary>
    /// 1e-3 of the element, or of a hundredth of the tensor's largest where the element is smaller than that: float32 sums cancel, and what is left of a term
    /// carries the rounding of the terms.
    /// </summary>
    [Theory]
    [MemberData(nameof(InRuntime))]
    public void Gradient_OnOnnxRuntime_AgreesWithFloat64(string name)
    {
        var example = ByName[name];
        var (model, feeds) = example.Model();
        var graph = new LossGraph(model, feeds, example.With);
        var gradients = graph.Differentiate();
        var expected = GradientCheck.Evaluated(graph, gradients);
        var actual = OrtEvaluator.Run(model, feeds, [.. gradients.OfType<Value>()]);
        for (int k = 0, at = 0; k < gradients.Length; k++)
        {
            if (gradients[k] is null) continue;
            Agreement.Holds(actual[at++], expected[k], 1e-3, $"{name}, gradient of {graph.With[k]}");
        }
    }
}
