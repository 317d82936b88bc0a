using static OnnxAudit.Tests.Oracles.Float64Tensor;
using A = OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Oracles;

internal static partial class EvaluatorCases
{
    private static IEnumerable<EvaluatorCase> Activations()
    {
        var wide = From([-30, -4, -3, -1, -0.25, 0, 0.25, 1, 3, 4, 30]);
        foreach (var op in (string[])["Relu", "Sigmoid", "Tanh", "LeakyRelu", "ThresholdedRelu", "Elu", "Selu", "Celu", "HardSigmoid", "HardSwish", "Mish", "Softplus", "Softsign"])
            yield return new(op, "defaults", [("x", wide)]);
        foreach (var op in (string[])["LeakyRelu", "ThresholdedRelu", "Elu", "Celu", "HardSigmoid"])
            yield return new(op, "alpha", [("x", wide)], A.Of("alpha", 0.4f));
        yield return new("HardSigmoid", "beta", [("x", wide)], A.Of("beta", 0.3f));
        yield return new("Selu", "alpha and gamma", [("x", wide)], A.Of("alpha", 1.5f), A.Of("gamma", 0.5f));
        yield return new("PRelu", "slope per channel", [("x", Random(1, 2, 3, 4)), ("slope", Random(2, 3, 1))]);
        yield return new("PRelu", "one slope", [("x", Random(1, 2, 3, 4)), ("slope", Random(2, 1))]);
        yield return new("Gelu", "exact", [("x", wide)]) { Opset = 20 };
        yield return new("Gelu", "tanh", [("x", wide)], A.Of("approximate", "tanh")) { Opset = 20 };
        yield return new("Swish", "defaults", [("x", wide)]) { Opset = 24 };
        yield return new("Swish", "alpha", [("x", wide)], A.Of("alpha", 1.7f)) { Opset = 24 };
        yield return new("Clip", "both bounds", [("x", wide), ("min", From([-1])), ("max", From([2]))]);
        yield return new("Clip", "upper only", [("x", wide), ("", From([])), ("max", From([2]))]);
        yield return new("Clip", "none", [("x", wide)]);
        foreach (var op in (string[])["Softmax", "LogSoftmax"])
        {
            yield return new(op, "last axis", [("x", Random(1, 2, 3, 4))]);
            yield return new(op, "axis 1", [("x", Random(1, 2, 3, 4))], A.Of("axis", 1));
            yield return new(op, "large values", [("x", From([1000, 999, -1000, 990]))]);
        }

        var (scores, labels) = (("x", Random(1, 4, 3)), ("labels", Ints([0, 2, 1, 2])));
        var (maps, places) = (("x", Random(2, 2, 3, 2, 2)), ("labels", Ints([0, 2, 1, 2, 1, 1, 0, 2], 2, 2, 2)));
        var weights = ("w", From([0.5, 2, 1.25]));
        foreach (var op in (string[])["SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"])
        {
            foreach (var reduction in (string[])["mean", "sum", "none"])
            {
                yield return new(op, reduction, [scores, labels], A.Of("reduction", reduction));
                yield return new(op, $"{reduction}, maps, weighted, ignoring 1", [maps, places, weights], A.Of("reduction", reduction), A.Of("ignore_index", 1));
            }

            yield return new(op, "weighted mean", [scores, labels, weights]);
        }

        yield return new("SoftmaxCrossEntropyLoss", "log-probabilities", [maps, places]) { Outputs = 2 };
    }
}
