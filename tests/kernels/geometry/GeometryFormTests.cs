using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Kernels;

public class GeometryFormTests
{
    public static TheoryData<string> Forms => [.. GeometryForm.All.Select(form => form.Name)];

    private static GeometryForm Supported(string name)
    {
        var form = GeometryForm.All.Single(form => form.Name == name);
        Skip.IfNot(form.Supported, $"geometry form '{name}' cannot run here: {form.WhyNot}");
        return form;
    }

    /// <summary>
    /// Sizes zero, below, equal, above and multiples of every vector and tile width. Lengths and margins are bit-equal, since every form adds
    /// the same exact products in the same order; angles may differ by one float ulp where the C library's arc cosine is not the runtime's.
    /// On a device the last rounding of lengths and margins is its own: one float ulp there too.
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void EveryForm_AgreesWithScalar_AtEverySize(string name)
    {
        var form = Supported(name);
        var scalar = Supported("scalar");
        foreach (var features in new[] { 0, 1, 3, 4, 5, 7, 8, 9, 16, 31, 84 })
        {
            foreach (var (rows, classes) in new[] { (0, 3), (1, 1), (2, 2), (3, 3), (4, 4), (5, 7), (31, 10), (32, 6), (33, 5), (67, 11) })
            {
                foreach (var pad in new[] { 0, 3 })
                {
                    var seed = (uint)(features * 1000 + rows * 10 + pad);
                    var call = new GeometryCase(rows, features, classes, pad, bias: rows % 2 == 1, signed: classes % 2 == 1, seed);
                    Compare(call.Run(scalar), call.Run(form), form.OnDevice, FormattableString.Invariant($"{name} n={rows} m={features} C={classes} pad={pad}"));
                }
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void EveryForm_AgreesWithScalar_OnWideRows(string name)
    {
        var form = Supported(name);
        var call = new GeometryCase(35, 2051, 13, 5, bias: true, signed: false);
        Compare(call.Run(Supported("scalar")), call.Run(form), form.OnDevice, name);
    }

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public unsafe void EveryForm_RefusesBadArguments_BeforeWriting(string name)
    {
        var form = Supported(name);
        var one = stackalloc float[1] { 7 };
        var norm = stackalloc double[32];
        var reference = stackalloc int[2] { 0, 0 };
        var good = new GeometryArguments
        {
            Rows = 1,
            Features = 1,
            Classes = 1,
            FeatureStride = 1,
            WeightStride = 1,
            PairRows = 1,
            PairStride = 1,
            AngleStride = 1,
            ScratchLength = 32,
            FeatureRows = one,
            WeightRows = one,
            InverseNorms = norm,
            InversePairNorms = one,
            Reference = reference,
            PairRow = reference + 1,
            Scratch = norm,
            Angles = one,
            Length = one,
            Margin = one,
        };

        void Refused(Func<GeometryArguments, GeometryArguments> change, int code)
        {
            var bad = change(good);
            var error = Assert.Throws<InvalidOperationException>(() => form.Run(ref bad));
            Assert.EndsWith($"code {code}", error.Message);
            Assert.Equal(7, *good.Length);
        }

        Refused(a => a with { FeatureRows = null }, 1);
        Refused(a => a with { Margin = null }, 1);
        Refused(a => a with { Rows = -1 }, 2);
        Refused(a => a with { Classes = 0 }, 2);
        Refused(a => a with { Features = 2, WeightStride = 2 }, 2);
        Refused(a => a with { ScratchLength = 31 }, 2);
        *reference = 1;
        Refused(a => a, 3);
        *reference = -1;
        Refused(a => a, 3);
        *reference = 0;
        reference[1] = 1;
        Refused(a => a, 3);
    }

    [Fact]
    public void Names_AndNumbers_AreUnique()
    {
        Assert.Equal(GeometryForm.All.Count, GeometryForm.All.Select(form => form.Name).Distinct().Count());
        Assert.Equal(GeometryForm.All.Count, GeometryForm.All.Select(form => form.Number).Distinct().Count());
    }

    private static void Compare(
        (float[] Angles, float[] Length, float[] Margin, long[] Counts) expected,
        (float[] Angles, float[] Length, float[] Margin, long[] Counts) actual,
        bool onDevice,
        string what)
    {
        if (onDevice)
        {
            Near(expected.Length, actual.Length, $"{what}: length");
            Near(expected.Margin, actual.Margin, $"{what}: margin");
        }
        else
        {
            Assert.Equal(expected.Length, actual.Length);
            Assert.Equal(expected.Margin, actual.Margin);
        }

        Assert.Equal(expected.Counts, actual.Counts);
        Near(expected.Angles, actual.Angles, $"{what}: angle");
    }

    private static void Near(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.DoesNotContain(actual, float.IsNaN);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                actual[i] >= MathF.BitDecrement(expected[i]) && actual[i] <= MathF.BitIncrement(expected[i]),
                FormattableString.Invariant($"{what} {i} is {actual[i]}, scalar {expected[i]}"));
        }
    }
}
