namespace OnnxAudit.Geometry;

/// <summary>Prediction, probability and loss of rows of real logits, in float64.</summary>
public static class Predictions
{
    /// <summary>
    /// ŷ = argmax z (first on ties), p = e^{z_y} / Σ e^{z_j}, confidence = e^{z_ŷ} / Σ e^{z_j}, loss = log Σ e^{z_j} − z_y, shifted by the largest logit.
    /// logits: [n,C] row-major, labels: [n]. −Inf logits have probability 0, and as the true class's infinite loss. NaN or +Inf logits, or a label outside [0,C): <see cref="AuditCode.Invalid"/> naming sample <paramref name="firstRow"/> + row.
    /// </summary>
    public static void Of(
        ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classes,
        Span<int> prediction, Span<byte> correct, Span<float> probability, Span<float> confidence, Span<float> loss, long firstRow = 0)
    {
        if (logits.Length != (long)labels.Length * classes) throw new ArgumentException($"{logits.Length} logits for [{labels.Length},{classes}]", nameof(logits));
        for (var row = 0; row < labels.Length; row++)
        {
            var z = logits.Slice(row * classes, classes);
            var label = labels[row];
            if ((uint)label >= (uint)classes)
            {
                throw new AuditException(
                    AuditCode.Invalid, Sample(firstRow + row), FormattableString.Invariant($"label {label}"),
                    FormattableString.Invariant($"a class from 0 to {classes - 1}"), "Use the dataset this model was made for.");
            }

            var best = Largest(z, firstRow + row);
            double sum = 0;
            foreach (double value in z) sum += Math.Exp(value - z[best]);
            var nll = Math.Log(sum) - ((double)z[label] - z[best]);
            prediction[row] = best;
            correct[row] = best == label ? (byte)1 : (byte)0;
            confidence[row] = (float)(1 / sum);
            loss[row] = (float)nll;
            probability[row] = (float)(Math.Exp((double)z[label] - z[best]) / sum);
        }
    }

    private static int Largest(ReadOnlySpan<float> z, long sample)
    {
        var best = 0;
        for (var j = 0; j < z.Length; j++)
        {
            if (float.IsNaN(z[j]) || float.IsPositiveInfinity(z[j]))
            {
                throw new AuditException(
                    AuditCode.Invalid, Sample(sample), FormattableString.Invariant($"logit {(float.IsNaN(z[j]) ? "NaN" : "+Inf")} of class {j}"),
                    "numbers", "Check the model's weights and the preprocessing.");
            }

            if (z[j] > z[best]) best = j;
        }

        if (float.IsNegativeInfinity(z[best]))
            throw new AuditException(AuditCode.Invalid, Sample(sample), "every logit −Inf", "numbers", "Check the model's weights and the preprocessing.");
        return best;
    }

    internal static string Sample(long row) => FormattableString.Invariant($"sample {row}");
}
