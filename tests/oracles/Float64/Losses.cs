namespace OnnxAudit.Tests.Oracles;

/// <summary>Losses over scores [N, C, …] and labels [N, …].</summary>
internal static class Losses
{
    /// <summary>Outputs the loss and the log-probabilities.</summary>
    public static Float64Tensor[] SoftmaxCrossEntropy(OpCall call)
    {
        var logs = Activations.AlongAxis(call[0], 1, Activations.LogSoftmax);
        return [Loss(call, logs), logs];
    }

    public static Float64Tensor[] NegativeLogLikelihood(OpCall call) => [Loss(call, call[0])];

    // l = −w[label]·log p[label]; 0 where the label is ignore_index. The mean divides by the sum of the weights that count.
    private static Float64Tensor Loss(OpCall call, Float64Tensor logs)
    {
        var (labels, weights) = (call[1], call.Optional(2));
        var ignored = call.Node.Attribute("ignore_index") is { Value: long i } ? i : (long?)null;
        var (_, classes, pixels) = Grid.Around(logs.Dims, 1);
        var (losses, factors) = (new double[labels.Values.Length], new double[labels.Values.Length]);
        for (var at = 0; at < losses.Length; at++)
        {
            var label = (int)labels.Values[at];
            if (label == ignored) continue;
            factors[at] = weights?.Values[label] ?? 1;
            losses[at] = -factors[at] * logs.Values[(at / pixels * classes + label) * pixels + at % pixels];
        }

        return call.Text("reduction", "mean") switch
        {
            "none" => new(logs.Type, labels.Dims, losses),
            "sum" => new(logs.Type, [], [losses.Sum()]),
            "mean" => new(logs.Type, [], [losses.Sum() / factors.Sum()]),
            var other => throw new NotSupportedException($"no reduction {other}"),
        };
    }
}
