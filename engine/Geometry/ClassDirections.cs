using System.Numerics;

namespace OnnxAudit.Geometry;

/// <summary>The class directions W_j of a classifier's last linear layer, with ‖W_j‖ computed once, in float64.</summary>
public sealed class ClassDirections
{
    /// <summary>Directions nearer to each other than this have no separating hyper-plane.</summary>
    public const double NearlyEqual = 1e-12;

    private readonly double[] _inverseNorms;

    /// <summary>
    /// Takes W [C,m] row-major (one row per class, masks and gains already applied) and b [C], or empty for a layer without bias.
    /// Not finite weights: <see cref="AuditCode.Invalid"/>.
    /// </summary>
    public ClassDirections(int classes, int features, ReadOnlyMemory<float> weights, ReadOnlyMemory<float> bias)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        ArgumentOutOfRangeException.ThrowIfNegative(features);
        if (weights.Length != (long)classes * features) throw new ArgumentException($"{weights.Length} weights for [{classes},{features}]", nameof(weights));
        if (bias.Length != 0 && bias.Length != classes) throw new ArgumentException($"{bias.Length} biases for {classes} classes", nameof(bias));
        (Classes, Features, Weights, Bias) = (classes, features, weights, bias);
        _inverseNorms = new double[classes];
        for (var j = 0; j < classes; j++)
        {
            var norm = Math.Sqrt(SumOfSquares(Row(j)));
            if (!double.IsFinite(norm) || (bias.Length > 0 && !float.IsFinite(bias.Span[j])))
            {
                throw new AuditException(
                    AuditCode.Invalid,
                    FormattableString.Invariant($"classifier head, class {j}"),
                    "a weight or bias that is not finite",
                    "finite weights",
                    "Repair or re-export the model.");
            }

            if (norm == 0) ZeroDirections++;
            _inverseNorms[j] = norm > 0 ? 1 / norm : 0;
        }
    }

    /// <summary>C.</summary>
    public int Classes { get; }

    /// <summary>m.</summary>
    public int Features { get; }

    /// <summary>W [C,m], row-major.</summary>
    public ReadOnlyMemory<float> Weights { get; }

    /// <summary>b [C], or empty.</summary>
    public ReadOnlyMemory<float> Bias { get; }

    /// <summary>How many classes have W_j = 0: every angle to them is 90° by convention.</summary>
    public int ZeroDirections { get; }

    /// <summary>‖W_j‖₂.</summary>
    public double Norm(int j) => _inverseNorms[j] == 0 ? 0 : Math.Sqrt(SumOfSquares(Row(j)));

    /// <summary>W_j [m].</summary>
    public ReadOnlySpan<float> Row(int j) => Weights.Span.Slice(j * Features, Features);

    /// <summary>‖W_i − W_j‖₂.</summary>
    public double Distance(int i, int j) => Math.Sqrt(SquaredDistance(Row(i), Row(j)));

    internal ReadOnlySpan<double> InverseNorms => _inverseNorms;

    private static double SumOfSquares(ReadOnlySpan<float> row)
    {
        double sum = 0;
        foreach (double value in row) sum += value * value;
        return sum;
    }

    private static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = Vector<double>.Zero;
        var k = 0;
        for (; k + Vector<float>.Count <= a.Length; k += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(a[k..]), out var aLow, out var aHigh);
            Vector.Widen(new Vector<float>(b[k..]), out var bLow, out var bHigh);
            sum += (aLow - bLow) * (aLow - bLow) + (aHigh - bHigh) * (aHigh - bHigh);
        }

        var total = Vector.Sum(sum);
        for (; k < a.Length; k++) total += ((double)a[k] - b[k]) * ((double)a[k] - b[k]);
        return total;
    }
}
