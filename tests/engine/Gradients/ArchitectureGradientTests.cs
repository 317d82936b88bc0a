using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Tests.Oracles;
using OnnxAudit.Tests.Oracles.Architectures;

namespace OnnxAudit.Tests.Gradients;

/// <summary>
/// Whole networks: the gradient graph of the per-sample cross-entropy, run by ONNX Runtime in float32, against directional derivatives of the loss that the
/// float64 evaluator takes by central differences, one direction for each weight tensor.
/// </summary>
public class ArchitectureGradientTests
{
    private const int Samples = 2;

    // For a standard normal direction d, Σ g·d has standard deviation |g|: an error of 1e-3·|g| in the sum is a float32 gradient 1e-3 off in norm, what
    // rounding and the ReLUs whose sign it flips allow. Measured are 1.4e-5 and less; a wrong rule is off by about |g| itself.
    private const double Tolerance = 1e-3;

    // A ReLU that switches within the step spoils the difference: ResNet-50's first convolution, 7e-4 off at 1e-6, is 2e-7 off from 5e-7 down to 1e-9.
    private const double Step = 1e-7;

    public static TheoryData<string, long> Cases
    {
        get
        {
            var cases = new TheoryData<string, long>();
            foreach (var architecture in Architecture.All) cases.Add(architecture.Name, 18);
            // At operator set 13 layer-norm and hard-swish come in parts.
            foreach (var name in new[] { "mobilenetv3", "shufflenet", "convnext", "vit" }) cases.Add(name, 13);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void DirectionalDerivatives_AgreeForEveryWeightTensor(string name, long opset)
    {
        var architecture = Architecture.Of(name);
        var size = architecture.Small with { Opset = opset };
        var (found, weights) = Gradients(architecture.Build(size), size);
        var (reference, loss) = Reference(architecture.Build(size));
        var feeds = Feeds(size);
        var lengths = found.Select(g => Math.Sqrt(g.Sum(v => v * v))).ToArray();
        // Rounding of the loss, 1e-15, over the step is 1e-8: a gradient must stand well above that for its difference to tell anything.
        Assert.All(lengths, length => Assert.InRange(length, 1e-4, 1e6));
        for (var k = 0; k < weights.Count; k++)
        {
            var direction = Direction(weights[k]);
            var actual = found[k].Zip(direction, (g, d) => g * d).Sum();
            var expected = (Loss(reference, loss, feeds, weights[k], direction, Step) - Loss(reference, loss, feeds, weights[k], direction, -Step)) / (2 * Step);
            var allowed = Tolerance * lengths[k];
            Assert.True(Math.Abs(actual - expected) <= allowed, FormattableString.Invariant(
                $"{name}, opset {opset}, {weights[k].Name}: {actual:R}, differences say {expected:R}, |g| = {lengths[k]:E2}, {Math.Abs(actual - expected) / allowed:F2} of what is allowed"));
        }
    }

    private static (double[][] Gradients, IReadOnlyList<Value> Weights) Gradients(Model model, NetSize size)
    {
        OpsetUpgrade.To18(model);
        var weights = Weights(model.Graph);
        var loss = ClassifierLoss.AddTo(model, "logits", ShapeFacts.Of(model.Graph));
        var gradients = ReverseMode.Differentiate(loss.Emit, loss.Loss, weights);
        Assert.Null(GraphRules.FirstBroken(model.Graph));
        Assert.DoesNotContain(null, gradients);
        return ([.. OrtEvaluator.Run(model, Feeds(size), [.. gradients.Select(g => g!)]).Select(t => t.Values)], weights);
    }

    private static (Graph Graph, string Loss) Reference(Model model)
    {
        OpsetUpgrade.To18(model);
        return (model.Graph, ClassifierLoss.AddTo(model, "logits", ShapeFacts.Of(model.Graph)).Loss.Name);
    }

    // All that is trained: running statistics are not.
    private static Value[] Weights(Graph graph) => [.. graph.Initializers.Where(v =>
        !v.Name.StartsWith("constant_", StringComparison.Ordinal) && !v.Name.Contains(".running_", StringComparison.Ordinal) && v.Initializer!.Type == ElementType.Float)];

    private static Dictionary<string, Float64Tensor> Feeds(NetSize size) => new(StringComparer.Ordinal)
    {
        ["input"] = Float64Tensor.Of(NetWeights.Normal(9, "input", [Samples, 3, size.Side, size.Side], 1)),
        ["labels"] = Float64Tensor.Ints([.. Enumerable.Range(0, Samples).Select(i => (long)(3 * i + 1) % size.Classes)]),
    };

    private static double[] Direction(Value weight) =>
        [.. NetWeights.Normal(4, weight.Name, [weight.Initializer!.Count], 1).Span<float>().ToArray().Select(v => (double)v)];

    private static double Loss(Graph graph, string loss, Dictionary<string, Float64Tensor> feeds, Value weight, double[] direction, double step)
    {
        var at = Float64Tensor.Of(weight.Initializer!);
        var shifted = at.With([.. at.Values.Zip(direction, (w, d) => w + step * d)]);
        return Float64Evaluator.Run(graph, new Dictionary<string, Float64Tensor>(feeds) { [weight.Name] = shifted }, loss)[loss].Values.Sum();
    }
}
