using OnnxAudit.Gradients;
using OnnxAudit.Graphs;

namespace OnnxAudit.Training;

/// <summary>What is minimised: the mean over the batch of the cross-entropy with the true classes.</summary>
/// <param name="LabelSmoothing">ε in [0,1): the target is 1 − ε + ε/C at the label and ε/C elsewhere, PyTorch's label_smoothing.</param>
public sealed record TrainingLoss(double LabelSmoothing = 0)
{
    /// <summary>These settings, checked.</summary>
    /// <exception cref="AuditException">Usage: out of range.</exception>
    public TrainingLoss Validated() => LabelSmoothing is >= 0 and < 1 ? this
        : throw new AuditException(AuditCode.Usage, "label smoothing", FormattableString.Invariant($"{LabelSmoothing}"), "0 <= epsilon < 1", "0.1 is usual.");

    /// <summary>The mean loss, a scalar. L = (1 − ε)·nll − ε·mean over classes of log p.</summary>
    internal Value AddTo(ClassifierLoss classifier)
    {
        var emit = classifier.Emit;
        var perSample = classifier.Loss;
        if (LabelSmoothing > 0)
        {
            var logs = perSample.Producer!.Output(1) ?? LogProbabilities(classifier);
            var spread = emit.ReduceMean(logs, [1], keep: false);
            perSample = emit.Sub(emit.Mul(perSample, 1 - LabelSmoothing), emit.Mul(spread, LabelSmoothing));
        }

        return emit.ReduceMean(perSample, [0], keep: false);
    }

    private static Value LogProbabilities(ClassifierLoss classifier)
    {
        var node = classifier.Loss.Producer!;
        var logs = node.Graph.NewValue($"{classifier.Loss.Name}/log");
        node.SetOutput(1, logs);
        classifier.Emit.Shapes.Infer(node);
        return logs;
    }
}
