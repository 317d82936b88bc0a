using System.Numerics;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>One resized axis: where each output pixel lies on the input line, and which input pixels make it.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Size">Input length.</param>
/// <param name="Resized">Output length.</param>
/// <param name="Scale">The scale in use: as given, or output by input length.</param>
/// <param name="Start">Start of the region, as a share of the line (tf_crop_and_resize).</param>
/// <param name="End">End of the region.</param>
internal sealed record ResizeLine(int Axis, long Size, long Resized, float Scale, float Start, float End)
{
    /// <summary>True for coordinates and rounding that have a formula here.</summary>
    internal static bool Knows(Node node) =>
        Coordinates(node) is "half_pixel" or "half_pixel_symmetric" or "pytorch_half_pixel" or "align_corners" or "asymmetric" or "tf_half_pixel_for_nn" or "tf_crop_and_resize"
        && node.Text("nearest_mode", "round_prefer_floor") is "round_prefer_floor" or "round_prefer_ceil" or "floor" or "ceil";

    /// <summary>y = A·x along the axis: A [out, in].</summary>
    internal static double[,] Matrix(Node node, ResizeLine line)
    {
        var (coordinates, linear) = (Coordinates(node), node.Text("mode", "nearest") == "linear");
        var a = new double[line.Resized, line.Size];
        for (var o = 0; o < line.Resized; o++)
        {
            var at = line.At<double>(o, coordinates);
            // Outside the region stands a constant.
            if (coordinates == "tf_crop_and_resize" && (at < 0 || at > line.Size - 1)) continue;
            if (linear) Mix(a, o, Math.Clamp(at, 0, line.Size - 1));
            // In float32, as the runtime does, so that the same pixel is picked near a tie.
            else a[o, Math.Clamp(Nearest(line.At<float>(o, coordinates), node.Text("nearest_mode", "round_prefer_floor")), 0, line.Size - 1)] = 1;
        }

        return a;
    }

    // Position of output pixel o on the input line; formulas of the ONNX specification, Resize-18 and -19.
    private T At<T>(int o, string coordinates) where T : IFloatingPoint<T>
    {
        var (x, scale, size, resized) = (T.CreateChecked(o), T.CreateChecked(Scale), T.CreateChecked(Size), T.CreateChecked(Resized));
        var (one, two) = (T.One, T.One + T.One);
        var half = one / two;
        switch (coordinates)
        {
            case "half_pixel": return (x + half) / scale - half;
            case "half_pixel_symmetric":
                var adjustment = resized / (scale * size);
                return size / two * (one - adjustment) + (x + half) / scale - half;
            case "pytorch_half_pixel": return Resized > 1 ? (x + half) / scale - half : T.Zero;
            case "align_corners": return Resized > 1 ? x * (size - one) / (resized - one) : T.Zero;
            case "tf_half_pixel_for_nn": return (x + half) / scale;
            case "tf_crop_and_resize":
                var (start, end) = (T.CreateChecked(Start), T.CreateChecked(End));
                return Resized > 1 ? start * (size - one) + x * (end - start) * (size - one) / (resized - one) : half * (start + end) * (size - one);
            default: return x / scale;
        }
    }

    private static string Coordinates(Node node) => node.Text("coordinate_transformation_mode", "half_pixel");

    private static void Mix(double[,] a, int o, double at)
    {
        var below = (int)at;
        var share = at - below;
        a[o, below] += 1 - share;
        if (share > 0) a[o, below + 1] += share;
    }

    private static long Nearest(float at, string mode) => mode switch
    {
        "floor" => (long)MathF.Floor(at),
        "ceil" => (long)MathF.Ceiling(at),
        "round_prefer_ceil" => (long)MathF.Floor(at + 0.5f),
        _ => (long)MathF.Ceiling(at - 0.5f),
    };
}
