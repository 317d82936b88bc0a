using static OnnxAudit.Tests.Oracles.Float64Tensor;
using A = OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Oracles;

internal static partial class EvaluatorCases
{
    private static IEnumerable<EvaluatorCase> Normalisation()
    {
        (string, Float64Tensor)[] Channels(params long[] dims) =>
            [("x", Random(1, dims)), ("scale", Random(2, 3)), ("b", Random(3, 3)), ("mean", Random(4, 3)), ("var", Uniform(5, 0.5, 2, 3))];
        yield return new("BatchNormalization", "2-D", Channels(2, 3, 4, 5));
        yield return new("BatchNormalization", "vectors, epsilon", Channels(4, 3), A.Of("epsilon", 0.1f));
        yield return new("BatchNormalization", "training", Channels(2, 3, 4, 5), A.Of("training_mode", 1), A.Of("momentum", 0.7f)) { Outputs = 3 };
        yield return new("InstanceNormalization", "2-D", Channels(2, 3, 4, 5)[..3]);
        yield return new("InstanceNormalization", "1-D, epsilon", Channels(2, 3, 4)[..3], A.Of("epsilon", 0.1f));
        yield return new("LayerNormalization", "last axis", [("x", Random(1, 2, 3, 4)), ("scale", Random(2, 4)), ("b", Random(3, 4))]);
        yield return new("LayerNormalization", "two axes, all outputs", [("x", Random(1, 2, 3, 4)), ("scale", Random(2, 3, 4))], A.Of("axis", 1), A.Of("epsilon", 0.1f)) { Outputs = 3 };
        yield return new("GroupNormalization", "by group", [("x", Random(1, 2, 6, 4, 5)), ("scale", Random(2, 2)), ("b", Random(3, 2))], A.Of("num_groups", 2));
        yield return new("GroupNormalization", "by channel", [("x", Random(1, 2, 6, 4)), ("scale", Random(2, 6)), ("b", Random(3, 6))], A.Of("num_groups", 3), A.Of("epsilon", 0.1f)) { Opset = 21 };
        yield return new("LRN", "odd size", [("x", Random(1, 2, 7, 3, 2))], A.Of("size", 3), A.Of("alpha", 0.5f));
        yield return new("LRN", "beta and bias", [("x", Random(1, 2, 7, 3, 2))], A.Of("size", 5), A.Of("alpha", 0.9f), A.Of("beta", 0.5f), A.Of("bias", 2f));
        yield return new("LpNormalization", "L2", [("x", Random(1, 2, 3, 4))]);
        yield return new("LpNormalization", "L1, axis 1", [("x", Random(1, 2, 3, 4))], A.Of("p", 1), A.Of("axis", 1));
        yield return new("Dropout", "inference, with mask", [("x", Random(1, 2, 3)), ("ratio", From([0.5]))]) { Outputs = 2 };
    }
}
