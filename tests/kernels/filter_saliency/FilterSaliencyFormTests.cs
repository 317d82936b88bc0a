using System.Runtime.InteropServices;
using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Kernels;

public class FilterSaliencyFormTests
{
    // Rounding errors of a float32 sum of n products grow like √n·2⁻²⁴ of Σ|product|; n ≤ 512 between float64 additions.
    private const double Tolerance = 2e-6;

    public static TheoryData<string> Forms => [.. FilterSaliencyForm.All.Select(form => form.Name)];

    private static FilterSaliencyForm Supported(string name)
    {
        var form = FilterSaliencyForm.All.Single(form => form.Name == name);
        Skip.IfNot(form.Supported, $"filter saliency form '{name}' cannot run here: {form.WhyNot}");
        return form;
    }

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void EveryForm_IsTheMeanAbsoluteGradient_OnEveryLayer(string name) => Agrees(Supported(name), FilterAggregate.MeanAbs, scaled: false);

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void EveryForm_IsTheAbsoluteMeanGradient_OnEveryLayer(string name) => Agrees(Supported(name), FilterAggregate.AbsMean, scaled: true);

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void EveryForm_IsTheMeanGradient_OnEveryLayer(string name) => Agrees(Supported(name), FilterAggregate.SignedMean, scaled: true);

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void Scale_IsAFactorPerFilter_BySizeAlone(string name) => Agrees(Supported(name), FilterAggregate.MeanAbs, scaled: true);

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void Results_AreTheSameBits_ForAnyNumberOfThreads(string name)
    {
        var form = Supported(name);
        foreach (var (what, shape) in FilterSaliencyCase.Layers)
        {
            var call = new FilterSaliencyCase(shape);
            var one = call.Run(form, FilterAggregate.MeanAbs);
            foreach (var threads in new[] { 2, 8 }) Assert.True(one.AsSpan().SequenceEqual(call.Run(form, FilterAggregate.MeanAbs, threads)), $"{name}, {what}, {threads} threads");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void NotFiniteValues_ReachTheirOwnSampleAlone(string name)
    {
        var form = Supported(name);
        var shape = FilterSaliencyCase.Layers.Single(l => l.Name == "3x3 same").Shape with { Samples = 3 };
        var call = new FilterSaliencyCase(shape);
        var clean = call.Run(form, FilterAggregate.MeanAbs);
        call.X[shape.Channels * shape.Input.Volume + 5] = float.NaN;
        var dirty = call.Run(form, FilterAggregate.MeanAbs);
        Assert.Equal(clean[..16], dirty[..16]);
        Assert.All(dirty[16..32], value => Assert.True(float.IsNaN(value)));
        Assert.Equal(clean[32..], dirty[32..]);
    }

    /// <summary>An output channel without gradient has no saliency, whatever the input in the padding's place would be.</summary>
    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void NoGradient_IsNoSaliency(string name)
    {
        var form = Supported(name);
        var call = new FilterSaliencyCase(FilterSaliencyCase.Layers.Single(l => l.Name == "5x3 asymmetric").Shape);
        Array.Clear(call.Gradient);
        Assert.All(call.Run(form, FilterAggregate.MeanAbs), value => Assert.Equal(0, value));
    }

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public unsafe void EveryForm_RefusesBadArguments_BeforeWriting(string name)
    {
        var form = Supported(name);
        var one = new Extent(1, 1, 1);
        var two = new Extent(1, 2, 2);
        float* x = stackalloc float[4], gradient = stackalloc float[4], result = stackalloc float[1] { 7 }, workspace = stackalloc float[4096];
        var good = new FilterSaliencyArguments
        {
            Samples = 1,
            Channels = 1,
            Filters = 1,
            Groups = 1,
            Input = two,
            Output = two,
            Kernel = one,
            Stride = one,
            Dilation = one,
            LastFilter = 1,
            InputStride = 4,
            GradientStride = 4,
            ResultStride = 1,
            WorkspaceLength = 4096,
            X = x,
            Gradient = gradient,
            Workspace = workspace,
            Result = result,
        };

        void Refused(Func<FilterSaliencyArguments, FilterSaliencyArguments> change, int code)
        {
            var bad = change(good);
            Assert.EndsWith($"code {code}", Assert.Throws<InvalidOperationException>(() => form.Run(ref bad)).Message);
            Assert.Equal(7, *good.Result);
        }

        Refused(a => a with { X = null }, 1);
        Refused(a => a with { Gradient = null }, 1);
        Refused(a => a with { Result = null }, 1);
        Refused(a => a with { Samples = -1 }, 2);
        Refused(a => a with { Groups = 0 }, 2);
        Refused(a => a with { Filters = 3, Groups = 2, GradientStride = 12, ResultStride = 3 }, 2);
        Refused(a => a with { Stride = new Extent(1, 1, 0) }, 2);
        Refused(a => a with { Pad = new Extent(-1, 0, 0) }, 2);
        Refused(a => a with { Input = new Extent(int.MaxValue, int.MaxValue, int.MaxValue) }, 2);
        Refused(a => a with { InputStride = 3 }, 2);
        Refused(a => a with { GradientStride = 3 }, 2);
        Refused(a => a with { ResultStride = 0 }, 2);
        Refused(a => a with { LastFilter = 2 }, 2);
        Refused(a => a with { FirstFilter = 1, LastFilter = 0 }, 2);
        Refused(a => a with { Mode = 3 }, 2);
        Refused(a => a with { WorkspaceLength = -1 }, 4);
        if (form.WorkspaceFor(good) > 0)
        {
            Refused(a => a with { WorkspaceLength = form.WorkspaceFor(a) - 1 }, 4);
            Refused(a => a with { Workspace = null }, 1);
        }

        form.Run(ref good);
        Assert.Equal(form.Number, good.Form);
        Assert.Equal(0, *result);
    }

    [Fact]
    public void ShortSpans_AreRefused()
    {
        var form = FilterSaliencyForm.All.Single(f => f.Name == "managed");
        var shape = ConvShape.Linear(2, 3, 4);
        void Refused(int x, int dy, int result, int stride, int scale, string what) => Assert.StartsWith(what, Assert.Throws<ArgumentException>(() =>
            FilterSaliency.Run(form, shape, new float[x], new float[dy], new float[result], stride, FilterAggregate.MeanAbs, new float[scale], 1)).Message);
        Refused(5, 8, 8, 4, 0, "x has 5 elements, the shape needs 6");
        Refused(6, 7, 8, 4, 0, "gradient has 7 elements, the shape needs 8");
        Refused(6, 8, 8, 3, 0, "a row of the result has 3 elements, the shape needs 4");
        Refused(6, 8, 8, 5, 0, "result has 8 elements, the shape needs 9");
        Refused(6, 8, 8, 4, 1, "scale has 1 elements, the shape needs 4");
        Assert.Throws<ArgumentException>(() => ConvShape.Of([1, 3, 4, 4], [1, 8, 4, 4], [8, 2, 1, 1], 1, [], [], []));
    }

    [Fact]
    public void Names_AndNumbers_AreUnique()
    {
        Assert.Equal(FilterSaliencyForm.All.Count, FilterSaliencyForm.All.Select(form => form.Name).Distinct().Count());
        Assert.Equal(FilterSaliencyForm.All.Count, FilterSaliencyForm.All.Select(form => form.Number).Distinct().Count());
    }

    [Fact]
    public void Arguments_AreLaidOutAsInTheHeader() => Assert.Equal(36 * 8, Marshal.SizeOf<FilterSaliencyArguments>());

    private static void Agrees(FilterSaliencyForm form, FilterAggregate mode, bool scaled)
    {
        foreach (var (what, shape) in FilterSaliencyCase.Layers)
        {
            var call = new FilterSaliencyCase(shape, scaled: scaled);
            var (expected, actual) = (call.Reference(mode), call.Run(form, mode));
            Assert.Equal(expected.Length, actual.Length);
            for (var i = 0; i < actual.Length; i++)
            {
                var (value, magnitude) = expected[i];
                Assert.True(Math.Abs(actual[i] - value) <= Tolerance * magnitude + 1e-7 * Math.Abs(value),
                    FormattableString.Invariant($"{form.Name}, {what}, result {i}: {actual[i]}, expected {value}, magnitude {magnitude}"));
            }
        }
    }
}
