using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

/// <summary>Kernel gradients against the definition, in float64.</summary>
public unsafe class KernelGradientTests
{
    public static TheoryData<int, int, int, int, int, int, int, int, int> Shapes => new()
    {
        // samples, channels, height, width, filters, kernel, stride, dilation, pad
        { 2, 3, 8, 8, 16, 3, 1, 1, 1 },
        { 1, 1, 5, 7, 1, 1, 1, 1, 0 },
        { 3, 2, 9, 6, 17, 3, 2, 1, 1 }, // a last row is not read
        { 2, 4, 6, 6, 33, 1, 2, 1, 0 },
        { 2, 5, 11, 10, 7, 3, 1, 2, 2 },
        { 1, 2, 28, 28, 6, 5, 1, 1, 0 },
        { 2, 2, 20, 20, 8, 2, 3, 1, 0 },
        { 0, 2, 4, 4, 8, 3, 1, 1, 1 },
    };

    /// <summary>Sums of a few hundred products of float32: 1e-5 of the largest gradient.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gradient_IsTheDefinitions(int samples, int channels, int height, int width, int filters, int kernel, int stride, int dilation, int pad)
    {
        int Outputs(int size) => (size + 2 * pad - (kernel - 1) * dilation - 1) / stride + 1;
        var (rows, columns) = (Outputs(height), Outputs(width));
        var shape = new KernelShape(channels, height, width, filters, kernel, kernel, (stride, stride), (dilation, dilation), pad, pad);
        var random = new Random(5);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        var (x, dy) = (Numbers(samples * channels * height * width), Numbers(samples * filters * rows * columns));
        var found = Run(new KernelGradient(shape, rows, columns), x, dy, samples, parts: 2);
        var expected = new double[found.Length];
        for (var k = 0; k < filters; k++)
            for (var c = 0; c < channels; c++)
                for (var r = 0; r < kernel; r++)
                    for (var s = 0; s < kernel; s++)
                        for (var n = 0; n < samples; n++)
                            for (var p = 0; p < rows; p++)
                                for (var q = 0; q < columns; q++)
                                {
                                    var (h, w) = (p * stride + r * dilation - pad, q * stride + s * dilation - pad);
                                    if (h < 0 || h >= height || w < 0 || w >= width) continue;
                                    expected[((k * channels + c) * kernel + r) * kernel + s] +=
                                        (double)dy[((n * filters + k) * rows + p) * columns + q] * x[((n * channels + c) * height + h) * width + w];
                                }

        var scale = Math.Max(1e-3, expected.Max(Math.Abs));
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-5 * scale);
    }

    /// <summary>Working memory holds anything at the start, and what lies behind it is not written.</summary>
    private static float[] Run(KernelGradient kernel, float[] x, float[] dy, int samples, int parts)
    {
        const float Sentinel = 1234.5f;
        var (sums, work) = (new float[parts * kernel.SumLength], new float[kernel.WorkLength + 8]);
        fixed (float* px = x, py = dy, ps = sums, pw = work)
            for (var part = 0; part < parts; part++)
            {
                Array.Fill(work, float.NaN, 0, kernel.WorkLength);
                Array.Fill(work, Sentinel, kernel.WorkLength, 8);
                var (first, end) = (samples * part / parts, samples * (part + 1) / parts);
                var (perX, perY) = (samples == 0 ? 0 : x.Length / samples, samples == 0 ? 0 : dy.Length / samples);
                kernel.Add(px + first * perX, py + first * perY, end - first, ps + part * kernel.SumLength, pw);
                Assert.All(work[kernel.WorkLength..], v => Assert.Equal(Sentinel, v));
            }

        var dw = new float[kernel.Length];
        kernel.Finish(sums, parts, dw);
        return dw;
    }
}
