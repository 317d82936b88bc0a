using OnnxAudit.Gradients;
using OnnxAudit.Graphs;

namespace OnnxAudit.Training;

/// <summary>What is minimised: the mean over the batch of the cross-entropy with the true classes, or a mixture of it with the divergence from a teacher.</summary>
/// <param name="LabelSmoothing">ε in [0,1): the target is 1 − ε + ε/C at the label and ε/C elsewhere, PyTorch's label_smoothing.</param>
/// <param name="Distillation">The teacher's share; null: no teacher.</param>
public sealed record TrainingLoss(double LabelSmoothing = 0, Distillation? Distillation = null)
{
    /// <summary>These settings, checked.</summary>
    /// <exception cref="AuditException">Usage: out of range.</exception>
    public TrainingLoss Validated()
    {
        Distillation?.Validated();
        return LabelSmoothing is >= 0 and < 1 ? this
            : throw new AuditException(AuditCode.Usage, "label smoothing", FormattableString.Invariant($"{LabelSmoothing}"), "0 <= epsilon < 1", "0.1 is usual.");
    }

    /// <summary>The mean loss, a scalar: L = (1 − ε)·nll − ε·mean over classes of log p, mixed with the teacher's share where there is one.</summary>
    /// <param name="classifier">The labels' loss.</param>
    /// <param name="teacher">The input of the teacher's scores, exactly where there is a teacher.</param>
    internal Value AddTo(ClassifierLoss classifier, Value? teacher = null)
    {
        var emit = classifier.Emit;
        var perSample = classifier.Loss;
        if (LabelSmoothing > 0)
        {
            var logs = perSample.Producer!.Output(1) ?? LogProbabilities(classifier);
            var spread = emit.ReduceMean(logs, [1], keep: false);
            perSample = emit.Sub(emit.Mul(perSample, 1 - LabelSmoothing), emit.Mul(spread, LabelSmoothing));
        }

        var loss = emit.ReduceMean(perSample, [0], keep: false);
        return Distillation is null ? loss : Distillation.AddTo(classifier, loss, teacher!);
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
