using OnnxAudit.Graphs;

namespace OnnxAudit.Training;

/// <summary>
/// Which initializers training changes: float32 tensors of the main graph, seen through Identity, Transpose, Reshape, Squeeze, Unsqueeze and Flatten, that are
/// 1. kernels, matrices and biases of Conv, ConvTranspose, Gemm and MatMul; 2. scales and shifts of normalisations; 3. slopes of PRelu; 4. added to or
/// multiplied with something that depends on one of these, and of more than one element (biases of MatMul, layer scales, position embeddings; not the constants
/// that normalise the image). Running statistics are state, not weights.
/// </summary>
internal static class TrainableWeights
{
    /// <summary>The weights in forward order, one that several nodes share once, by the role it is first met in.</summary>
    public static IReadOnlyList<TrainedWeight> Find(Graph graph)
    {
        var found = new Dictionary<Value, TrainedWeight>();
        var order = new List<TrainedWeight>();
        var reached = new HashSet<Value>();
        foreach (var node in graph.Nodes)
        {
            for (var i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] is not { } input || Behind(input, graph) is not { } weight) continue;
                if (!found.ContainsKey(weight) && Role(node, i, weight.Initializer!, reached) is { } role)
                {
                    found[weight] = Made(weight, role, node, i, input);
                    order.Add(found[weight]);
                }

                if (found.ContainsKey(weight)) reached.Add(input);
            }

            if (!node.Inputs.Any(i => i is not null && reached.Contains(i))) continue;
            foreach (var output in node.Outputs)
                if (output is not null) reached.Add(output);
        }

        return order;
    }

    private static Value? Behind(Value value, Graph main)
    {
        while (value.Initializer is null && value.Producer is { } maker && MovesOnly(maker) && maker.Input(0) is { } before) value = before;
        return value.Graph == main && value.Initializer is { Type: ElementType.Float, Count: > 0 } ? value : null;
    }

    private static bool MovesOnly(Node node) =>
        node.Is("Identity") || node.Is("Transpose") || node.Is("Reshape") || node.Is("Squeeze") || node.Is("Unsqueeze") || node.Is("Flatten");

    private static WeightRole? Role(Node node, int input, Tensor tensor, HashSet<Value> reached) => (node.Domain is "" or "ai.onnx" ? node.OpType : "", input) switch
    {
        ("Conv" or "ConvTranspose", 1) => WeightRole.Kernel,
        ("Gemm" or "MatMul", 0 or 1) => WeightRole.Matrix,
        ("Conv" or "ConvTranspose" or "Gemm", 2) => WeightRole.Bias,
        ("BatchNormalization" or "InstanceNormalization" or "LayerNormalization" or "GroupNormalization", 1) => WeightRole.NormScale,
        ("BatchNormalization" or "InstanceNormalization" or "LayerNormalization" or "GroupNormalization", 2) => WeightRole.NormShift,
        ("PRelu", 1) => WeightRole.Other,
        ("Add" or "Mul", 0 or 1) when tensor.Count > 1 && node.Input(1 - input) is { } other && reached.Contains(other) =>
            node.OpType == "Add" && tensor.Rank == 1 ? WeightRole.Bias : WeightRole.Other,
        _ => null,
    };

    private static TrainedWeight Made(Value weight, WeightRole role, Node node, int input, Value seen)
    {
        var dims = weight.Initializer!.Dims.ToArray();
        var made = new TrainedWeight(weight.Name, role, dims);
        if (role == WeightRole.Kernel)
        {
            var window = Tensor.CountOf(dims.AsSpan(2));
            return made with { FanIn = dims[1] * window, FanOut = dims[0] * window };
        }

        if (role != WeightRole.Matrix || dims.Length < 2) return made;
        // The matrix as the node reads it: [in, out], turned by Gemm's flags, by standing on the left, and by a Transpose before.
        var turned = node.Int(input == 0 ? "transA" : "transB", 0) == 1 ^ input == 0;
        for (var value = seen; value != weight; value = value.Producer!.Input(0)!)
            if (value.Producer!.Is("Transpose")) turned = !turned;
        var (first, last) = (dims[^2], dims[^1]);
        return made with { FanIn = turned ? last : first, FanOut = turned ? first : last };
    }
}
