using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Gradients;

/// <summary>Every example of <see cref="GradientExamples"/> under every check.</summary>
public class GradientExampleTests
{
    private static readonly Dictionary<string, GradientExample> ByName = GradientExamples.All.ToDictionary(e => e.Name, StringComparer.Ordinal);

    public static TheoryData<string> Every => [.. ByName.Keys];

    public static TheoryData<string> Smooth => [.. ByName.Values.Where(e => e.Smooth).Select(e => e.Name)];

    /// <summary>Without operators that ONNX defines for float32 alone, and those whose gradient scatters with addition, which the CPU provider lacks in float16.</summary>
    private static readonly string[] NotInHalf = ["Celu", "Gather", "GatherElements", "GatherND", "MaxPool", "ScatterElements", "ScatterND"];

    public static TheoryData<string> InHalf => [.. ByName.Values.Where(e => e.NotInRuntime is null && !NotInHalf.Contains(e.Op)).Select(e => e.Name)];

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
        Agrees(ByName[name], 1e-3);
    }

    /// <summary>Rules emit constants in the type of what they meet: a graph of float16 loads, and its gradients are float16 and nearly right (11 bits; numbers near 100 are rounded by 0.03, and their exponentials are as wrong).</summary>
    [Theory]
    [MemberData(nameof(InHalf))]
    public void Gradient_InFloat16_IsFloat16(string name) => Agrees(ByName[name].As(ElementType.Float16), 0.2);

    private static void Agrees(GradientExample example, double tolerance)
    {
        var (model, feeds) = example.Model();
        var graph = new LossGraph(model, feeds, example.With);
        var gradients = graph.Differentiate();
        var expected = GradientCheck.Evaluated(graph, gradients);
        var actual = OrtEvaluator.Run(model, feeds, [.. gradients.OfType<Value>()]);
        for (int k = 0, at = 0; k < gradients.Length; k++)
        {
            if (gradients[k] is null) continue;
            Agreement.Holds(actual[at++], expected[k], tolerance, $"{example.Name}, gradient of {graph.With[k]}");
        }
    }
}
