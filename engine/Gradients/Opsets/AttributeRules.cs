using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Opsets;

/// <summary>Attributes that became inputs, went away, or got another default.</summary>
internal static class AttributeRules
{
    internal static void AxesToInput(OpsetEdit e) => e.ListToInput("axes", 1);

    internal static void SplitToInput(OpsetEdit e) => e.ListToInput("split", 1);

    /// <summary>Equal parts are asked for by their number.</summary>
    internal static void CountParts(OpsetEdit e)
    {
        if (e.Node.Input(1) is null) e.Node.Set(NodeAttribute.Of("num_outputs", (long)e.Node.Outputs.Count));
    }

    internal static void SliceToInputs(OpsetEdit e)
    {
        e.ListToInput("starts", 1);
        e.ListToInput("ends", 2);
        e.ListToInput("axes", 3);
    }

    /// <summary>Without limits nothing is clipped; older forms named the largest floats, which differ for infinities alone.</summary>
    internal static void ClipToInputs(OpsetEdit e)
    {
        e.NumberToInput("min", 1);
        e.NumberToInput("max", 2);
    }

    internal static void PadToInputs(OpsetEdit e)
    {
        e.ListToInput("pads", 1);
        if (e.Node.Float("value", 0) == 0) e.Node.Unset("value");
        e.NumberToInput("value", 2);
    }

    internal static void TopKToInput(OpsetEdit e)
    {
        e.Give(1, "k", Tensor.From<long>(ElementType.Int64, [1], [e.Node.Int("k", 0)]));
        e.Node.Unset("k");
    }

    internal static void RatioToInput(OpsetEdit e)
    {
        if (e.Node.Attribute("ratio") is { Value: float ratio }) e.Give(1, "ratio", Tensor.FromFloats([], [ratio]));
        e.Node.Unset("ratio");
    }

    /// <summary>The mask became bool.</summary>
    internal static string? MaskIsRead(OpsetEdit e) => e.IsRead(1) ? "a Dropout mask of numbers that something reads" : null;

    internal static void DropMask(OpsetEdit e) => e.DropOutputs(1);

    /// <summary>Statistics per position went away.</summary>
    internal static string? StatisticsPerPosition(OpsetEdit e) => e.Node.Int("spatial", 1) == 0 ? "BatchNormalization with statistics per position (spatial = 0)" : null;

    internal static void DropSpatial(OpsetEdit e) => e.Node.Unset("spatial");

    /// <summary>Listing the statistics as outputs used to ask for training.</summary>
    internal static string? ListsStatistics(OpsetEdit e) =>
        e.Node.Outputs.Skip(1).Any(o => o is not null) ? "BatchNormalization in training form, by listing its statistics as outputs" : null;

    internal static void DropStatistics(OpsetEdit e) => e.DropOutputs(1);

    /// <summary>The default became half_pixel.</summary>
    internal static void KeepCoordinates(OpsetEdit e)
    {
        if (e.Node.Attribute("coordinate_transformation_mode") is null) e.Node.Set(NodeAttribute.Of("coordinate_transformation_mode", "output_half_pixel"));
    }

    internal static void ScatterElements(OpsetEdit e) => e.Node.OpType = "ScatterElements";
}
