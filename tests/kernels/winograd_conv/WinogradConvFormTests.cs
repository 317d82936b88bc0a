using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Kernels;

public class WinogradConvFormTests
{
    private const float Sentinel = -12345.75f;

    public static TheoryData<string> Forms => [.. WinogradConv.Forms.Select(form => form.Name)];

    private static ArgumentForm<WinogradConvArguments> Supported(string name)
    {
        var form = WinogradConv.Forms.Single(form => form.Name == name);
        Skip.IfNot(form.Supported, $"winograd_conv form '{name}' cannot run here: {form.WhyNot}");
        return form;
    }

    /// <summary>Channels and filters around a panel's 16, maps that squares fill or do not, every way to pad. The rounding goes with Σ|w|·max|X|, as in the C++ tests.</summary>
    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void EveryForm_IsTheDataGradient_WrittenOutInFloat64(string name)
    {
        var form = Supported(name);
        foreach (var (samples, filters, channels, height, width, pad) in new[] { (2, 16, 16, 8, 8, 1), (1, 17, 5, 7, 9, 1), (3, 9, 33, 5, 4, 0), (1, 3, 16, 1, 1, 1), (2, 20, 18, 6, 13, 2) })
        {
            foreach (var edge in new[] { 2, 4 })
            {
                var (outputs, across) = (height + 2 * pad - 2, width + 2 * pad - 2);
                if (outputs < 1 || across < 1) continue;
                var (weights, dy) = (Numbers(1, filters * channels * 9), Numbers(2, samples * filters * outputs * across));
                var (addend, gate) = (Numbers(3, samples * channels * height * width), Numbers(4, samples * channels * height * width));
                var shape = new WinogradShape(samples, outputs, across, height, width, 2 - pad, 2 - pad);
                var turned = WinogradWeights.OfDataGradient(weights, filters, channels, edge);
                var (plain, gated) = (new float[addend.Length + 1], new float[addend.Length + 1]);
                plain[^1] = gated[^1] = Sentinel;
                WinogradConv.Run(form, shape, turned, dy, [], [], plain, 0, shape.Rows(edge));
                var middle = shape.Rows(edge) / 2;
                WinogradConv.Run(form, shape, turned, dy, addend, gate, gated, 0, middle);
                WinogradConv.Run(form, shape, turned, dy, addend, gate, gated, middle, shape.Rows(edge));
                var (expected, magnitude) = DataGradient(weights, dy, samples, filters, channels, height, width, pad);
                for (var i = 0; i < expected.Length; i++)
                {
                    Assert.InRange(Math.Abs(plain[i] - expected[i]), 0, (edge == 2 ? 2e-7 : 1e-6) * magnitude);
                    Assert.Equal(gate[i] > 0 ? plain[i] + addend[i] : 0, gated[i], 1e-6f * (1 + Math.Abs(plain[i]))); // the scalar form rounds the sum once
                }

                Assert.Equal((Sentinel, Sentinel), (plain[^1], gated[^1]));
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public unsafe void EveryForm_SaysThatItRan_AndRefusesBadArguments(string name)
    {
        var form = Supported(name);
        var weights = WinogradWeights.Of(Numbers(5, 9), 1, 1, 2);
        float[] x = [1, 2, 3, 4], y = [Sentinel, Sentinel, Sentinel, Sentinel], workspace = new float[1 << 14];
        fixed (float* inputs = x, outputs = y, memory = workspace, transformed = weights.Values)
        {
            var good = new WinogradConvArguments
            {
                Samples = 1,
                Channels = 1,
                Filters = 1,
                InputHeight = 2,
                InputWidth = 2,
                OutputHeight = 2,
                OutputWidth = 2,
                PadTop = 1,
                PadLeft = 1,
                Edge = 2,
                LastRow = 1,
                InputStride = 4,
                OutputStride = 4,
                WorkspaceLength = workspace.Length,
                X = inputs,
                Weights = transformed,
                Workspace = memory,
                Y = outputs,
                Form = -1,
            };
            void Refused(WinogradConvArguments bad, int code)
            {
                Assert.EndsWith($"code {code}", Assert.Throws<InvalidOperationException>(() => form.Run(ref bad)).Message);
                Assert.Equal(Sentinel, y[0]);
            }

            Refused(good with { Edge = 3 }, 2);
            Refused(good with { LastRow = 2 }, 2);
            Refused(good with { OutputStride = 3 }, 2);
            Refused(good with { X = null }, 1);
            Refused(good with { Weights = null }, 1);
            form.Run(ref good);
            Assert.Equal(form.Number, good.Form);
            Assert.All(y, value => Assert.NotEqual(Sentinel, value));
        }
    }

    [Fact]
    public void SpansThatDoNotFit_AreRefused()
    {
        var (form, shape, weights) = (Supported("managed"), new WinogradShape(1, 2, 2, 2, 2, 1, 1), WinogradWeights.Of(new float[9], 1, 1, 4));
        Assert.Throws<ArgumentException>(() => WinogradConv.Run(form, shape, weights, new float[3], [], [], new float[4], 0, 1));
        Assert.Throws<ArgumentException>(() => WinogradConv.Run(form, shape, weights, new float[4], new float[3], [], new float[4], 0, 1));
        Assert.Throws<ArgumentException>(() => WinogradConv.Run(form, shape, weights, new float[4], [], [], new float[4], 0, 2));
        Assert.Throws<ArgumentException>(() => WinogradWeights.Of(new float[8], 1, 1, 4));
        Assert.Throws<ArgumentException>(() => WinogradWeights.Of(new float[9], 1, 1, 3));
    }

    // dX(n,c,h,w) = Σ_k Σ_ij dY(n,k,h + pad − i,w + pad − j)·W(k,c,i,j), and the largest Σ|W| of a channel times the largest |dY|.
    private static (double[] Values, double Magnitude) DataGradient(float[] weights, float[] dy, int samples, int filters, int channels, int height, int width, int pad)
    {
        var (outputs, across) = (height + 2 * pad - 2, width + 2 * pad - 2);
        var values = new double[samples * channels * height * width];
        for (var at = 0; at < values.Length; at++)
        {
            var (n, c, h, w) = (at / (channels * height * width), at / (height * width) % channels, at / width % height, at % width);
            for (var k = 0; k < filters; k++)
            {
                for (var i = 0; i < 3; i++)
                {
                    for (var j = 0; j < 3; j++)
                    {
                        var (row, column) = (h + pad - i, w + pad - j);
                        if (row >= 0 && row < outputs && column >= 0 && column < across)
                            values[at] += (double)dy[((n * filters + k) * outputs + row) * across + column] * weights[((k * channels + c) * 3 + i) * 3 + j];
                    }
                }
            }
        }

        var largest = Enumerable.Range(0, channels).Max(c => Enumerable.Range(0, filters * 9).Sum(i => (double)Math.Abs(weights[(i / 9 * channels + c) * 9 + i % 9])));
        return (values, largest * dy.Max(Math.Abs) + 1);
    }

    private static float[] Numbers(ulong part, int count)
    {
        var source = Philox.For(9, "winograd");
        return [.. Enumerable.Range(0, count).Select(i => 2 * Philox.ToUnit(source.Words(part, (ulong)i).A) - 1)];
    }
}
