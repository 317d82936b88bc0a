using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients;

/// <summary>
/// Compares gradients made by <see cref="OnnxAudit.Gradients.ReverseMode"/> and evaluated in float64 with central differences of the loss. With a step h of 1e-5 the
/// differences err by about h²·f‴/6 + 1e-16·f/h ≈ 1e-10, and constants that rules emit carry float32 rounding, 6e-8: hence the tolerance of 1e-6,
/// relative to max(1, |g|). Inputs must stay farther than the step from kinks.
/// </summary>
internal static class GradientCheck
{
    /// <summary>First derivatives of one operator, for every float input or <paramref name="with"/> (the other float inputs are then constants).</summary>
    public static void Holds(
        string op, (string Name, Float64Tensor Value)[] inputs, NodeAttribute[] attributes, double tolerance = 1e-6, double step = 1e-5, string[]? with = null, int outputs = 1)
    {
        var model = OpModel.Of(op, inputs, attributes, outputs, with: with);
        Holds(model, OpModel.Feeds(model, inputs), with, tolerance, step);
    }

    /// <summary>First derivatives of the float outputs of a model, which grows. with: graph inputs; null for all.</summary>
    public static void Holds(
        Model model, IReadOnlyDictionary<string, Float64Tensor> feeds, string[]? with = null, double tolerance = 1e-6, double step = 1e-5)
    {
        var graph = new LossGraph(model, feeds, with);
        Compare(graph, graph.Differentiate(), tolerance, step);
    }

    /// <summary>Second derivatives of one operator: gradients of Σ d·gradient, d fixed and pseudo-random.</summary>
    public static void SecondHolds(
        string op, (string Name, Float64Tensor Value)[] inputs, NodeAttribute[] attributes, double tolerance = 1e-6, double step = 1e-5, string[]? with = null, int outputs = 1)
    {
        var model = OpModel.Of(op, inputs, attributes, outputs, with: with);
        SecondHolds(model, OpModel.Feeds(model, inputs), with, tolerance, step);
    }

    /// <summary>Second derivatives of the float outputs of a model, which grows.</summary>
    public static void SecondHolds(
        Model model, IReadOnlyDictionary<string, Float64Tensor> feeds, string[]? with = null, double tolerance = 1e-6, double step = 1e-5)
    {
        var graph = new LossGraph(model, feeds, with);
        if (graph.Deepen(graph.Differentiate())) Compare(graph, graph.Differentiate(), tolerance, step);
    }

    /// <summary>The gradient of Σ c·y with respect to one input, evaluated in float64, with c = 1 everywhere: what kinks and ties are stated in.</summary>
    public static double[] GradientOf(string op, (string Name, Float64Tensor Value)[] inputs, NodeAttribute[] attributes, string with, int outputs = 1)
    {
        var model = OpModel.Of(op, inputs, attributes, outputs, with: [with]);
        var graph = new LossGraph(model, OpModel.Feeds(model, inputs), [with], coefficient: 1);
        return Evaluated(graph, graph.Differentiate())[0].Values;
    }

    private static void Compare(LossGraph graph, Value?[] gradients, double tolerance, double step)
    {
        var found = Evaluated(graph, gradients);
        for (var k = 0; k < graph.With.Count; k++)
        {
            var (name, gradient) = (graph.With[k].Name, found[k]);
            var at = graph.Feeds[name];
            Assert.True(gradient.Dims.SequenceEqual(at.Dims), $"the gradient of {name} is {gradient}, but {name} is {at}");
            for (var i = 0; i < at.Values.Length; i++)
            {
                var expected = (Shifted(graph, name, i, step) - Shifted(graph, name, i, -step)) / (2 * step);
                var actual = gradient.Values[i];
                var error = Math.Abs(actual - expected) / Math.Max(1, Math.Abs(expected));
                Assert.True(error <= tolerance, FormattableString.Invariant($"{graph.Model.Source}, gradient of {name}[{i}]: {actual:R}, differences say {expected:R}, error {error:E1}"));
            }
        }
    }

    /// <summary>The gradients in float64; zeros where there is none.</summary>
    public static Float64Tensor[] Evaluated(LossGraph graph, Value?[] gradients)
    {
        var values = Float64Evaluator.Run(graph.Model.Graph, graph.Feeds, [.. gradients.OfType<Value>().Select(g => g.Name)]);
        return [.. gradients.Select((g, k) => g is not null ? values[g.Name] : Zeros(graph.Feeds[graph.With[k].Name]))];
    }

    private static Float64Tensor Zeros(Float64Tensor like) => like.With(new double[like.Values.Length]);

    private static double Shifted(LossGraph graph, string name, int element, double by)
    {
        var values = (double[])graph.Feeds[name].Values.Clone();
        values[element] += by;
        return graph.LossAt(new Dictionary<string, Float64Tensor>(graph.Feeds) { [name] = graph.Feeds[name].With(values) });
    }
}
