using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Kernels;

/// <summary>One layer on seeded numbers, run through the managed face, and its results from gradients that are really formed, in float64.</summary>
internal sealed class FilterSaliencyCase
{
    private const float Sentinel = -12345.75f;

    public FilterSaliencyCase(ConvShape shape, uint seed = 1, bool scaled = false)
    {
        Shape = shape;
        var random = new Philox(seed, 78);
        uint at = 0;
        float Next() => Philox.ToUnit(random.Words(at++, 0).A) * 2 - 1;
        X = [.. Enumerable.Range(0, (int)(shape.Samples * shape.Channels * shape.Input.Volume)).Select(_ => Next())];
        Gradient = [.. Enumerable.Range(0, (int)(shape.Samples * shape.Filters * shape.Output.Volume)).Select(_ => Next())];
        Scale = scaled ? [.. Enumerable.Range(0, (int)shape.Filters).Select(_ => Next())] : [];
    }

    /// <summary>Layers of every kind and size class: name and shape.</summary>
    public static IReadOnlyList<(string Name, ConvShape Shape)> Layers { get; } =
    [
        ("3x3 same", Conv(2, 3, 16, 1, (8, 8), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("no sample", Conv(0, 3, 16, 1, (8, 8), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("K tail below 8", Conv(2, 5, 3, 1, (7, 9), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("K tail of 5", Conv(1, 4, 21, 1, (5, 6), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("K tail of 11", Conv(1, 4, 43, 1, (5, 6), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("K of 8", Conv(3, 7, 8, 1, (6, 6), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("1x1", Conv(2, 19, 33, 1, (7, 7), (1, 1), (1, 1), (1, 1), (0, 0, 0, 0))),
        ("1x1 stride 2", Conv(2, 16, 32, 1, (9, 9), (1, 1), (2, 2), (1, 1), (0, 0, 0, 0))),
        ("5x3 asymmetric", Conv(2, 6, 18, 1, (11, 10), (5, 3), (2, 1), (1, 2), (0, 3, 2, 1))),
        ("dilated", Conv(1, 5, 17, 1, (13, 14), (3, 3), (1, 2), (3, 2), (3, 2, 3, 2))),
        ("pads beyond the kernel", Conv(1, 2, 16, 1, (4, 4), (2, 2), (1, 1), (1, 1), (3, 3, 3, 3))),
        ("one weight", Conv(2, 1, 16, 1, (6, 6), (1, 1), (1, 1), (1, 1), (0, 0, 0, 0))),
        ("one output", Conv(3, 9, 20, 1, (4, 4), (4, 4), (1, 1), (1, 1), (0, 0, 0, 0))),
        ("one output, padded", Conv(2, 4, 6, 2, (2, 2), (4, 4), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("linear", ConvShape.Linear(5, 37, 11)),
        ("groups of 8", Conv(2, 16, 16, 2, (7, 7), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("groups of 20", Conv(1, 8, 40, 2, (7, 7), (3, 3), (2, 2), (1, 1), (1, 1, 1, 1))),
        ("groups of 4", Conv(2, 16, 16, 4, (7, 7), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("depthwise", Conv(2, 13, 13, 13, (9, 17), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("depthwise stride 2", Conv(2, 5, 10, 5, (15, 13), (5, 5), (2, 2), (1, 1), (2, 2, 2, 2))),
        ("depthwise 7x7", Conv(1, 3, 3, 3, (14, 14), (7, 7), (1, 1), (1, 1), (3, 3, 3, 3))),
        ("many outputs", Conv(1, 3, 24, 1, (40, 37), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("wide rows", Conv(1, 2, 17, 1, (3, 700), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("wide rows, stride 3", Conv(1, 2, 17, 1, (3, 2100), (3, 3), (1, 3), (1, 1), (1, 1, 1, 1))),
        ("depthwise, wide rows", Conv(1, 3, 3, 3, (3, 5000), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("many filters and outputs", Conv(1, 40, 80, 1, (24, 24), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("squares of 2", Conv(2, 70, 33, 1, (4, 5), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("squares of 4, parts of them", Conv(3, 25, 40, 1, (18, 15), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("squares in boxes", Conv(1, 26, 48, 1, (45, 44), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("squares, asymmetric pads", Conv(2, 17, 23, 1, (9, 12), (3, 3), (1, 1), (1, 1), (0, 2, 3, 1))),
        ("squares of groups", Conv(2, 48, 32, 2, (9, 9), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))),
        ("1-D", ConvShape.Of([2, 4, 50], [2, 18, 25], [18, 4, 5], 1, [2], [], [2, 2])),
        ("3-D", ConvShape.Of([1, 3, 6, 7, 8], [1, 16, 6, 7, 8], [16, 3, 3, 3, 3], 1, [], [], [1, 1, 1, 1, 1, 1])),
        ("3-D strided", ConvShape.Of([1, 4, 20, 9, 9], [1, 18, 10, 5, 5], [18, 2, 3, 3, 3], 2, [2, 2, 2], [], [1, 1, 1, 1, 1, 1])),
        ("3-D, many planes", ConvShape.Of([1, 2, 30, 9, 9], [1, 9, 30, 9, 9], [9, 2, 3, 3, 3], 1, [], [], [1, 1, 1])),
    ];

    public ConvShape Shape { get; }

    public float[] X { get; }

    public float[] Gradient { get; }

    public float[] Scale { get; }

    /// <summary>Runs a form over rows of K + 3 and returns [N,K]. Fails when something between or behind the rows was touched.</summary>
    public float[] Run(FilterSaliencyForm form, FilterAggregate mode, int threads = 1)
    {
        var (samples, filters) = ((int)Shape.Samples, (int)Shape.Filters);
        var stride = filters + 3;
        var rows = new float[samples * stride + 8];
        Array.Fill(rows, Sentinel);
        FilterSaliency.Run(form, Shape, X, Gradient, rows, stride, mode, Scale, threads);
        Assert.All(rows.Where((_, i) => i >= samples * stride || i % stride >= filters), v => Assert.Equal(Sentinel, v));
        return [.. rows.Where((_, i) => i < samples * stride && i % stride < filters)];
    }

    /// <summary>
    /// The definition: every weight's gradient formed in float64, output by output, then aggregated. Beside each result the mean over the weights of
    /// Σ|dY·X|, scaled alike: what a rounding error is relative to.
    /// </summary>
    public (double Value, double Magnitude)[] Reference(FilterAggregate mode)
    {
        var s = Shape;
        var results = new (double, double)[s.Samples * s.Filters];
        double[] columns = [];
        for (var i = 0; i < results.Length; i++)
        {
            var (n, k) = (i / s.Filters, i % s.Filters);
            if (k % (s.Filters / s.Groups) == 0) columns = Columns(n, k / (s.Filters / s.Groups));
            var (gradients, magnitudes) = (new double[s.Weights], new double[s.Weights]);
            for (var output = 0; output < s.Output.Volume; output++)
            {
                double dy = Gradient[i * s.Output.Volume + output];
                for (var weight = 0; weight < s.Weights; weight++)
                {
                    var product = dy * columns[output * s.Weights + weight];
                    gradients[weight] += product;
                    magnitudes[weight] += Math.Abs(product);
                }
            }

            var scale = Scale.Length == 0 ? 1.0 : Scale[k];
            results[i] = (mode switch
            {
                FilterAggregate.MeanAbs => gradients.Average(Math.Abs) * Math.Abs(scale),
                FilterAggregate.AbsMean => Math.Abs(gradients.Average() * scale),
                _ => gradients.Average() * scale,
            }, magnitudes.Average() * Math.Abs(scale));
        }

        return results;
    }

    // The input that each output meets under each weight of a group: [output, weight].
    private double[] Columns(long sample, long group)
    {
        var columns = new double[Shape.Output.Volume * Shape.Weights];
        for (var i = 0; i < columns.Length; i++) columns[i] = InputAt(sample, group, (int)(i % Shape.Weights), (int)(i / Shape.Weights));
        return columns;
    }

    private double InputAt(long sample, long group, int weight, int output)
    {
        var s = Shape;
        var (channel, tap) = (group * (s.Channels / s.Groups) + weight / s.Kernel.Volume, weight % s.Kernel.Volume);
        var d = output / (s.Output.Height * s.Output.Width) * s.Stride.Depth + tap / (s.Kernel.Height * s.Kernel.Width) * s.Dilation.Depth - s.Pad.Depth;
        var h = output / s.Output.Width % s.Output.Height * s.Stride.Height + tap / s.Kernel.Width % s.Kernel.Height * s.Dilation.Height - s.Pad.Height;
        var w = output % s.Output.Width * s.Stride.Width + tap % s.Kernel.Width * s.Dilation.Width - s.Pad.Width;
        return d < 0 || d >= s.Input.Depth || h < 0 || h >= s.Input.Height || w < 0 || w >= s.Input.Width
            ? 0 : X[(((sample * s.Channels + channel) * s.Input.Depth + d) * s.Input.Height + h) * s.Input.Width + w];
    }

    private static ConvShape Conv(long n, long c, long k, long groups, (long H, long W) input, (long H, long W) kernel, (long H, long W) stride,
        (long H, long W) dilation, (long Top, long Left, long Bottom, long Right) pad)
    {
        var height = (input.H + pad.Top + pad.Bottom - (kernel.H - 1) * dilation.H - 1) / stride.H + 1;
        var width = (input.W + pad.Left + pad.Right - (kernel.W - 1) * dilation.W - 1) / stride.W + 1;
        return ConvShape.Of([n, c, input.H, input.W], [n, k, height, width], [k, c / groups, kernel.H, kernel.W], groups, [stride.H, stride.W],
            [dilation.H, dilation.W], [pad.Top, pad.Left, pad.Bottom, pad.Right]);
    }
}
