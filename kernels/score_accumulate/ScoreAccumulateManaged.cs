using System.Runtime.Intrinsics;

namespace OnnxAudit.Kernels;

/// <summary>The managed form of score_accumulate (score_accumulate.md). Tolerance against the scalar form: none: products are exact, so each sum is rounded once.</summary>
internal static unsafe class ScoreAccumulateManaged
{
    /// <summary>Runs the kernel. Returns 0 or an error code of the C header.</summary>
    public static int Run(ScoreAccumulateArguments* a)
    {
        var code = Check(a);
        if (code != 0) return code;
        a->Form = 0;
        float* g = a->Gradient, w = a->Mode == (long)ScoreTerm.Square ? g : a->Weight;
        var absolute = a->Mode == (long)ScoreTerm.AbsoluteProduct;
        var sum = a->Sum;
        long i = 0;
        for (; i + 8 <= a->Count; i += 8)
        {
            var (gLow, gHigh) = Vector256.Widen(Vector256.Load(g + i));
            var (wLow, wHigh) = Vector256.Widen(Vector256.Load(w + i));
            var (low, high) = (gLow * wLow, gHigh * wHigh);
            if (absolute) (low, high) = (Vector256.Abs(low), Vector256.Abs(high));
            (Vector256.Load(sum + i) + low).Store(sum + i);
            (Vector256.Load(sum + i + 4) + high).Store(sum + i + 4);
        }

        for (; i < a->Count; i++)
        {
            var product = (double)g[i] * w[i];
            sum[i] += absolute ? Math.Abs(product) : product;
        }

        return 0;
    }

    /// <summary>0 or the first error of the arguments, before anything is written.</summary>
    public static int Check(ScoreAccumulateArguments* a)
    {
        if (a == null) return 1;
        if (a->Count < 0 || a->Mode is < (long)ScoreTerm.AbsoluteProduct or > (long)ScoreTerm.Square) return 2;
        return a->Count > 0 && (a->Gradient == null || a->Sum == null || (a->Weight == null && a->Mode != (long)ScoreTerm.Square)) ? 1 : 0;
    }
}
