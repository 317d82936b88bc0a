using OnnxAudit.Gradients;
using OnnxAudit.Graphs;

namespace OnnxAudit.Training;

/// <summary>
/// What is learnt from a teacher's scores beside the labels: with this the loss is (1 − A)·L + A·T²·KL(softmax(t/T) ‖ softmax(z/T)), the mean over the batch, L
/// the loss of the labels, t the teacher's scores and z the student's. T² keeps the size of the gradient as T grows. Source: Hinton et al., arXiv:1503.02531.
/// </summary>
/// <param name="Temperature">T above 0: both distributions are softened by it.</param>
/// <param name="Weight">A in (0,1]: the teacher's share.</param>
public sealed record Distillation(double Temperature = 4, double Weight = 0.9)
{
    /// <summary>These settings, checked.</summary>
    /// <exception cref="AuditException">Usage: out of range.</exception>
    public Distillation Validated()
    {
        if (!(Temperature > 0 && double.IsFinite(Temperature))) throw Bad("temperature", Temperature, "a number above 0", "4 is usual.");
        return Weight is > 0 and <= 1 ? this : throw Bad("teacher weight", Weight, "0 < weight <= 1", "Leave the teacher out for a weight of 0.");
    }

    /// <summary>New graph input: the teacher's scores of the batch, in the shape of the student's.</summary>
    internal static Value AddInput(ClassifierLoss classifier)
    {
        var scores = classifier.Emit.Graph.NewValue("teacher");
        scores.Type = new TensorType(ElementType.Float, [.. classifier.Emit.ShapeOf(classifier.Logits)]);
        classifier.Emit.Shapes.Take(scores);
        classifier.Emit.Graph.AddInput(scores);
        return scores;
    }

    /// <summary>The loss with the teacher's share: <paramref name="loss"/> is the labels', a scalar.</summary>
    internal Value AddTo(ClassifierLoss classifier, Value loss, Value teacher)
    {
        var emit = classifier.Emit;
        var (wanted, given) = (Softened(teacher), Softened(classifier.Logits));
        var divergence = emit.ReduceSum(emit.Mul(emit.Add("Exp", [wanted]), emit.Sub(wanted, given)), [1], keep: false);
        return emit.Add(emit.Mul(loss, 1 - Weight), emit.Mul(emit.ReduceMean(divergence, [0], keep: false), Weight * Temperature * Temperature));

        Value Softened(Value scores) => emit.Add("LogSoftmax", [emit.Mul(scores, 1 / Temperature)], NodeAttribute.Of("axis", 1L));
    }

    private static AuditException Bad(string what, double found, string expected, string fix) => new(AuditCode.Usage, what, FormattableString.Invariant($"{found}"), expected, fix);
}
