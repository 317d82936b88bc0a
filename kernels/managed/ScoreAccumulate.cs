using System.Runtime.InteropServices;
using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>What a score adds to each weight's sum.</summary>
public enum ScoreTerm
{
    /// <summary>|g·w|: first-order Taylor.</summary>
    AbsoluteProduct = 0,

    /// <summary>g·w.</summary>
    Product = 1,

    /// <summary>g²: the Fisher diagonal.</summary>
    Square = 2,
}

/// <summary>What score_accumulate reads and writes: the C struct <c>oa_score_accumulate</c> of kernels/include/onnxaudit_kernels.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ScoreAccumulateArguments
{
    /// <summary>Elements n ≥ 0.</summary>
    public long Count;

    /// <summary>A <see cref="ScoreTerm"/>.</summary>
    public long Mode;

    /// <summary>g [n].</summary>
    public float* Gradient;

    /// <summary>w [n]; not read for <see cref="ScoreTerm.Square"/>.</summary>
    public float* Weight;

    /// <summary>In and out: the sums [n].</summary>
    public double* Sum;

    /// <summary>Out: the number of the form that ran.</summary>
    public long Form;
}

/// <summary>Weight scores summed over gradients in float64 (kernels/score_accumulate/score_accumulate.md).</summary>
public static unsafe class ScoreAccumulate
{
    private const string Kernel = "score_accumulate";

    /// <summary>Every form, best first: the one list that dispatch, tests and benches read. The OpenCL form is last, so that it runs only when asked for.</summary>
    public static IReadOnlyList<ArgumentForm<ScoreAccumulateArguments>> Forms { get; } =
    [
        ArgumentForm<ScoreAccumulateArguments>.OfLibrary(Kernel, "avx2", "avx2", "fma"),
        ArgumentForm<ScoreAccumulateArguments>.OfLibrary(Kernel, "neon", "neon"),
        ArgumentForm<ScoreAccumulateArguments>.OfManaged(Kernel, ScoreAccumulateManaged.Run),
        ArgumentForm<ScoreAccumulateArguments>.OfLibrary(Kernel, "scalar"),
        On(null),
    ];

    /// <summary>The OpenCL form on a device of the caller's; null: the first GPU, else the first device.</summary>
    public static ArgumentForm<ScoreAccumulateArguments> On(OpenClSession? session) =>
        ArgumentForm<ScoreAccumulateArguments>.OfDevice(Kernel, session, opened => new ScoreAccumulateOpenCl(opened).Run);

    /// <summary>
    /// sum[i] += the term of gradient[i] and weight[i]. All [n]; weight may be empty for <see cref="ScoreTerm.Square"/>. NaN and infinities spread as in
    /// arithmetic. Every form gives the same bits. Lengths that differ: <see cref="ArgumentException"/>.
    /// </summary>
    public static void Add(ArgumentForm<ScoreAccumulateArguments> form, ScoreTerm term, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weight, Span<double> sum)
    {
        if (gradient.Length != sum.Length || (term != ScoreTerm.Square && weight.Length != sum.Length))
            throw new ArgumentException(FormattableString.Invariant($"{gradient.Length} gradients and {weight.Length} weights for {sum.Length} sums"));
        fixed (float* g = gradient, w = weight)
        fixed (double* s = sum)
        {
            var arguments = new ScoreAccumulateArguments { Count = sum.Length, Mode = (long)term, Gradient = g, Weight = w, Sum = s };
            form.Run(ref arguments);
        }
    }
}
