using static OnnxAudit.Tests.Oracles.Float64Tensor;
using A = OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Oracles;

internal static partial class EvaluatorCases
{
    // ONNX Runtime computes coordinates in float32: their rounding, 1e-7 of a pixel, moves a weight by as much, and small sums of large neighbours keep it.
    private const double Coordinates = 1e-4;

    private static IEnumerable<EvaluatorCase> Resizing()
    {
        var x = ("x", Random(1, 1, 2, 4, 5));
        (string, Float64Tensor) none = ("", From([]));
        foreach (var coordinates in (string[])["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"])
        {
            foreach (var nearest in (string[])["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
            {
                yield return new("Resize", $"nearest up, {coordinates}, {nearest}", [x, none, ("scales", From([1, 1, 2, 2]))],
                    A.Of("mode", "nearest"), A.Of("coordinate_transformation_mode", coordinates), A.Of("nearest_mode", nearest));
                yield return new("Resize", $"nearest to sizes, {coordinates}, {nearest}", [x, none, none, ("sizes", Ints([1, 2, 7, 3]))],
                    A.Of("mode", "nearest"), A.Of("coordinate_transformation_mode", coordinates), A.Of("nearest_mode", nearest));
            }

            foreach (var mode in (string[])["linear", "cubic"])
            {
                yield return new("Resize", $"{mode} up, {coordinates}", [x, none, ("scales", From([1, 1, 2, 2.5]))],
                    A.Of("mode", mode), A.Of("coordinate_transformation_mode", coordinates))
                { Tolerance = Coordinates };
                yield return new("Resize", $"{mode} to sizes, {coordinates}", [x, none, none, ("sizes", Ints([1, 2, 7, 3]))],
                    A.Of("mode", mode), A.Of("coordinate_transformation_mode", coordinates))
                { Tolerance = Coordinates };
            }
        }

        yield return new("Resize", "linear, symmetric, fractional", [x, none, ("scales", From([1, 1, 1.6, 0.7]))],
            A.Of("mode", "linear"), A.Of("coordinate_transformation_mode", "half_pixel_symmetric"))
        { Opset = 19 };
        yield return new("Resize", "axes, not larger", [x, none, none, ("sizes", Ints([8, 8]))],
            A.Of("mode", "linear"), A.Of("axes", [2L, 3]), A.Of("keep_aspect_ratio_policy", "not_larger"));
        foreach (var mode in (string[])["linear", "nearest"])
            yield return new("Resize", $"{mode}, region, a constant outside",
                [("x", Random(1, 1, 1, 4, 4)), ("roi", From([0, 0, .25, -.25, 1, 1, .75, 1.25])), none, ("sizes", Ints([1, 1, 3, 5]))],
                A.Of("mode", mode), A.Of("coordinate_transformation_mode", "tf_crop_and_resize"), A.Of("extrapolation_value", 2f))
            { Tolerance = Coordinates };
        yield return new("Resize", "nearest, tf_half_pixel_for_nn", [x, ("roi", From([])), ("scales", From([1, 1, 2, 0.5]))],
            A.Of("mode", "nearest"), A.Of("coordinate_transformation_mode", "tf_half_pixel_for_nn"), A.Of("nearest_mode", "floor"))
        { Opset = 11 };
        yield return new("Resize", "cubic, outside left out", [x, none, ("scales", From([1, 1, 2, 2.5]))],
            A.Of("mode", "cubic"), A.Of("exclude_outside", 1), A.Of("cubic_coeff_a", -0.5f))
        { Tolerance = Coordinates };
    }
}
