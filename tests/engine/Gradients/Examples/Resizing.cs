using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Graphs.NodeAttribute;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    // Sizes and scales whose coordinates are exact in binary, or far from ties: the same pixel is nearest in float32 and float64.
    private static IEnumerable<GradientExample> Resizing()
    {
        foreach (var coordinates in (string[])["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"])
        {
            foreach (var rounding in (string[])["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
                foreach (var example in Sizes($"nearest, {coordinates}, {rounding}", Of("mode", "nearest"), Of("coordinate_transformation_mode", coordinates), Of("nearest_mode", rounding)))
                    yield return example;
            foreach (var example in Sizes($"linear, {coordinates}", Of("mode", "linear"), Of("coordinate_transformation_mode", coordinates))) yield return example;
        }

        yield return Resize("by default", ("scales", From([1, 1, 2, 2])));
        yield return Resize("sizes of two axes", ("sizes", Ints([6, 7])), Of("mode", "linear"), Of("axes", [2L, 3L]));
        yield return Resize("channels too", ("scales", From([1, 2, 1, 1])), Of("coordinate_transformation_mode", "asymmetric"), Of("nearest_mode", "floor"));
        foreach (var policy in (string[])["not_larger", "not_smaller"])
            yield return Resize(policy, ("sizes", Ints([8, 6])), Of("mode", "linear"), Of("axes", [2L, 3L]), Of("keep_aspect_ratio_policy", policy));
        yield return new("Resize", "region, a constant outside", [("x", Random(1, 1, 1, 4, 4)), ("roi", From([0, 0, .25, -.25, 1, 1, .75, 1.25])), OpModel.Omitted, ("sizes", Ints([1, 1, 3, 5]))],
            Of("mode", "linear"), Of("coordinate_transformation_mode", "tf_crop_and_resize"), Of("extrapolation_value", 2f))
        { With = ["x"] };
    }

    private static IEnumerable<GradientExample> Sizes(string what, params NodeAttribute[] attributes)
    {
        yield return Resize($"{what}, grown by scales", ("scales", From([1, 1, 2, 1.5])), attributes);
        yield return Resize($"{what}, shrunk by scales", ("scales", From([1, 1, .5, .75])), attributes);
        yield return new("Resize", $"{what}, sizes", [("x", Random(1, 1, 2, 4, 4)), OpModel.Omitted, OpModel.Omitted, ("sizes", Ints([1, 2, 6, 1]))], attributes) { With = ["x"] };
    }

    private static GradientExample Resize(string what, (string Name, Float64Tensor Value) to, params NodeAttribute[] attributes) =>
        new("Resize", what, to.Name == "scales" ? [("x", Random(1, 2, 2, 4, 4)), OpModel.Omitted, to] : [("x", Random(1, 2, 2, 4, 4)), OpModel.Omitted, OpModel.Omitted, to], attributes)
        {
            With = ["x"],
            Smooth = true,
            Batch = ["x"],
        };
}
