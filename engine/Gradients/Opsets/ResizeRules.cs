using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Gradients.Opsets;

/// <summary>
/// Upsample and the first Resize: output position i reads input position i / scale (asymmetric); the nearest is the one below when a size grows, and the
/// one above when it shrinks, as ONNX Runtime computes it.
/// </summary>
internal static class ResizeRules
{
    internal static void UpsampleScalesToInput(OpsetEdit e)
    {
        if (e.Node.Attribute("scales")?.Value is float[] scales) e.Give(1, "scales", Tensor.FromFloats([scales.Length], scales));
        e.Node.Unset("scales");
    }

    /// <summary>All sizes grow, so that the nearest is the one below.</summary>
    internal static void UpsampleToResize(OpsetEdit e)
    {
        e.Node.OpType = "Resize";
        Asymmetric(e, "floor");
    }

    /// <summary>One rounding must do for all axes.</summary>
    internal static string? MixedScales(OpsetEdit e)
    {
        if (e.Node.Text("mode", "nearest") != "nearest") return null;
        if (Scales(e) is not { } scales) return "nearest Resize by scales that are not constant";
        return scales.Any(s => s < 1) && scales.Any(s => s > 1) ? "nearest Resize that grows one axis and shrinks another" : null;
    }

    internal static void ScalesToThirdInput(OpsetEdit e) => Asymmetric(e, Scales(e)?.Any(s => s < 1) == true ? "ceil" : "floor");

    /// <summary>A way to place pixels that is gone.</summary>
    internal static string? PlacesAsBefore(OpsetEdit e) =>
        e.Node.Text("coordinate_transformation_mode", "half_pixel") == "tf_half_pixel_for_nn" ? "Resize with coordinate_transformation_mode tf_half_pixel_for_nn" : null;

    /// <summary>Scales stood empty where sizes were meant; now they are left out.</summary>
    internal static void OmitEmptyScales(OpsetEdit e)
    {
        for (var i = 1; i <= 2; i++)
            if (Constants.Resolve(e.Node.Input(i)) is { Count: 0 }) e.Node.SetInput(i, null);
    }

    private static float[]? Scales(OpsetEdit e) => Constants.Resolve(e.Node.Input(1)) is { Type: ElementType.Float } scales ? scales.ToFloats() : null;

    private static void Asymmetric(OpsetEdit e, string nearest)
    {
        var scales = e.Node.Input(1);
        e.Node.SetInput(1, null);
        e.Node.SetInput(2, scales);
        e.Node.Set(NodeAttribute.Of("coordinate_transformation_mode", "asymmetric"));
        if (e.Node.Text("mode", "nearest") == "nearest") e.Node.Set(NodeAttribute.Of("nearest_mode", nearest));
    }
}
