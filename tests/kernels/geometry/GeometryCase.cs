using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Kernels;

/// <summary>One call of the geometry kernel on seeded numbers: padded strides, and a sentinel in every element the kernel must not touch.</summary>
internal sealed class GeometryCase
{
    private const float Sentinel = -12345.75f;
    private const double ScratchSentinel = -54321.5;

    private readonly float[] _features, _weights, _bias, _pairs, _sign;
    private readonly double[] _norms;
    private readonly int[] _reference;

    public GeometryCase(int rows, int features, int classes, int pad, bool bias, bool signed, uint seed = 1)
    {
        (Rows, Features, Classes, Pad, Bias, Signed) = (rows, features, classes, pad, bias, signed);
        var random = new Philox(seed, 77);
        uint at = 0;
        float Next() => Philox.ToUnit(random.Words(at++, 0).A) * 2 - 1;
        _features = Filled(rows * (features + pad) + pad, i => i % (features + pad) < features && i < rows * (features + pad), Next);
        _weights = Filled(classes * (features + pad) + pad, i => i % (features + pad) < features && i < classes * (features + pad), Next);
        _bias = Filled(classes, _ => true, Next);
        _norms = [.. Enumerable.Range(0, classes).Select(j => Inverse(Distance(j, -1)))];
        _pairs = [.. Enumerable.Range(0, classes * (classes + pad)).Select(i => (i / (classes + pad), i % (classes + pad)))
            .Select(p => p.Item2 >= classes ? float.NaN : p.Item1 == p.Item2 ? 0 : (float)Inverse(Distance(p.Item1, p.Item2)))];
        _reference = [.. Enumerable.Range(0, rows).Select(i => i * 7 % classes)];
        _sign = [.. Enumerable.Range(0, rows).Select(i => i % 3 == 0 ? -1f : 1f)];
    }

    public int Rows { get; }

    public int Features { get; }

    public int Classes { get; }

    public int Pad { get; }

    public bool Bias { get; }

    public bool Signed { get; }

    /// <summary>Runs a form and returns its outputs: angles without padding, lengths, margins, counts. Fails when a sentinel was touched.</summary>
    public unsafe (float[] Angles, float[] Length, float[] Margin, long[] Counts) Run(GeometryForm form)
    {
        var angles = new float[Rows * (Classes + Pad) + 8];
        var (length, margin) = (new float[Rows + 8], new float[Rows + 8]);
        var scratch = new double[GeometryForm.BlockRows * Classes + 8];
        Array.Fill(angles, Sentinel);
        Array.Fill(length, Sentinel);
        Array.Fill(margin, Sentinel);
        Array.Fill(scratch, ScratchSentinel);
        GeometryArguments arguments = default;
        fixed (float* x = _features, w = _weights, b = _bias, p = _pairs, s = _sign, a = angles, l = length, m = margin)
        fixed (double* n = _norms, t = scratch)
        fixed (int* r = _reference)
        {
            arguments = new GeometryArguments
            {
                Rows = Rows,
                Features = Features,
                Classes = Classes,
                FeatureStride = Features + Pad,
                WeightStride = Features + Pad,
                PairRows = Classes,
                PairStride = Classes + Pad,
                AngleStride = Classes + Pad,
                ScratchLength = GeometryForm.BlockRows * Classes,
                FeatureRows = x,
                WeightRows = w,
                Bias = Bias ? b : null,
                InverseNorms = n,
                InversePairNorms = p,
                Reference = r,
                PairRow = r,
                Sign = Signed ? null : s,
                Scratch = t,
                Angles = a,
                Length = l,
                Margin = m,
                Form = -1,
            };
            form.Run(ref arguments);
        }

        Assert.Equal(form.Number, arguments.Form);
        Assert.All(angles.Where((_, i) => i >= Rows * (Classes + Pad) || i % (Classes + Pad) >= Classes), v => Assert.Equal(Sentinel, v));
        Assert.All(length.Skip(Rows).Concat(margin.Skip(Rows)), v => Assert.Equal(Sentinel, v));
        Assert.All(scratch.Skip(GeometryForm.BlockRows * Classes), v => Assert.Equal(ScratchSentinel, v));
        return ([.. angles.Where((_, i) => i < Rows * (Classes + Pad) && i % (Classes + Pad) < Classes)], length[..Rows], margin[..Rows],
            [arguments.ZeroFeatures, arguments.SkippedPairs, arguments.NegativeDistances]);
    }

    // NaN between the rows: reading it would show in every result.
    private static float[] Filled(int count, Func<int, bool> inside, Func<float> next) => [.. Enumerable.Range(0, count).Select(i => inside(i) ? next() : float.NaN)];

    private static double Inverse(double norm) => norm < 1e-12 ? 0 : 1 / norm;

    private double Distance(int i, int j)
    {
        double sum = 0;
        for (var k = 0; k < Features; k++)
        {
            var difference = (double)_weights[i * (Features + Pad) + k] - (j < 0 ? 0 : _weights[j * (Features + Pad) + k]);
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }
}
