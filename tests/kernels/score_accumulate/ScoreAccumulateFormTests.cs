using System.Runtime.InteropServices;
using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Kernels;

public class ScoreAccumulateFormTests
{
    private const double Sentinel = -12345.75;

    public static TheoryData<string> Forms => [.. ScoreAccumulate.Forms.Select(form => form.Name)];

    private static ArgumentForm<ScoreAccumulateArguments> Supported(string name)
    {
        var form = ScoreAccumulate.Forms.Single(form => form.Name == name);
        Skip.IfNot(form.Supported, $"score_accumulate form '{name}' cannot run here: {form.WhyNot}");
        return form;
    }

    /// <summary>Sizes zero, below, equal, above and multiples of the vector widths, against the definition in float64: no tolerance, each sum is rounded once.</summary>
    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void EveryForm_IsTheDefinition_AtEverySize(string name)
    {
        var form = Supported(name);
        foreach (var count in new[] { 0, 1, 3, 4, 5, 7, 8, 9, 16, 17, 1027 })
        {
            foreach (var term in Enum.GetValues<ScoreTerm>())
            {
                var (expected, sum) = (new double[count + 2], new double[count + 2]);
                sum[count] = sum[count + 1] = Sentinel;
                for (uint step = 0; step < 3; step++)
                {
                    var (g, w) = (Numbers(count, step, 1), Numbers(count, step, 2));
                    ScoreAccumulate.Add(form, term, g, term == ScoreTerm.Square ? [] : w, sum.AsSpan(0, count));
                    for (var i = 0; i < count; i++)
                    {
                        var product = (double)g[i] * w[i];
                        expected[i] += term == ScoreTerm.Square ? (double)g[i] * g[i] : term == ScoreTerm.Product ? product : Math.Abs(product);
                    }
                }

                Assert.Equal(expected[..count], sum[..count]);
                Assert.Equal((Sentinel, Sentinel), (sum[count], sum[count + 1]));
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public unsafe void EveryForm_SaysThatItRan_AndRefusesBadArguments(string name)
    {
        var form = Supported(name);
        var one = stackalloc float[1] { 2 };
        var sum = stackalloc double[1] { Sentinel };
        var good = new ScoreAccumulateArguments { Count = 1, Mode = (long)ScoreTerm.Product, Gradient = one, Weight = one, Sum = sum, Form = -1 };
        void Refused(Func<ScoreAccumulateArguments, ScoreAccumulateArguments> change, int code)
        {
            var bad = change(good);
            Assert.EndsWith($"code {code}", Assert.Throws<InvalidOperationException>(() => form.Run(ref bad)).Message);
            Assert.Equal(Sentinel, *good.Sum);
        }

        Refused(a => a with { Count = -1 }, 2);
        Refused(a => a with { Mode = 3 }, 2);
        Refused(a => a with { Weight = null }, 1);
        Refused(a => a with { Sum = null }, 1);
        form.Run(ref good);
        Assert.Equal(form.Number, good.Form);
        Assert.Equal(Sentinel + 4, *sum);
    }

    [Fact]
    public void LengthsThatDiffer_AreRefused()
    {
        var form = Supported("managed");
        Assert.Throws<ArgumentException>(() => ScoreAccumulate.Add(form, ScoreTerm.Product, new float[2], new float[1], new double[2]));
        Assert.Throws<ArgumentException>(() => ScoreAccumulate.Add(form, ScoreTerm.Square, new float[1], [], new double[2]));
    }

    [Fact]
    public void Arguments_AreLaidOutAsInTheHeader() => Assert.Equal(6 * 8, Marshal.SizeOf<ScoreAccumulateArguments>());

    private static float[] Numbers(int count, uint step, uint part)
    {
        var random = new Philox(step, part);
        return [.. Enumerable.Range(0, count).Select(i => Philox.ToUnit(random.Words((ulong)i, 0).A) * 2 - 1)];
    }
}
