namespace OnnxAudit.Compression.Structured.Rules;

/// <summary>Normalisations: each channel by itself is followed; across channels it is not.</summary>
internal static class Normalisation
{
    /// <summary>γ·(x − m)/√(v + ε) + β, channel by channel; in inference form.</summary>
    internal static string? Batch(NodeChannels n)
    {
        if (n.Node.Int("training_mode", 0) != 0 || n.HasSecondOutput) return "batch normalisation in training form";
        if (Obstacle(n, 4) is { } obstacle) return obstacle;
        var ids = n.Map(0)!.Ids;
        for (var input = 1; input <= 4; input++) n.Slices(input, 0, ids, input == 4 ? SliceRole.Goes : SliceRole.Makes);
        n.Scales(n.Constant(1)!, ids);
        n.Gives(0, 1, ids);
        return null;
    }

    /// <summary>Each channel of each sample by its own mean and variance.</summary>
    internal static string? Instance(NodeChannels n)
    {
        if (Obstacle(n, 2) is { } obstacle) return obstacle;
        var ids = n.Map(0)!.Ids;
        n.Slices(1, 0, ids, SliceRole.Makes);
        n.Slices(2, 0, ids, SliceRole.Makes);
        n.Gives(0, 1, ids);
        return null;
    }

    /// <summary>Followed where it sums along another axis than the channels'. Before operator set 13 it summed over all axes from one on.</summary>
    internal static string? Softmax(NodeChannels n)
    {
        if (n.Map(0) is not { } x || n.Shape(0) is not { } shape) return "the shape of its input is not known";
        var axis = n.Node.Int("axis", n.Opset < 13 ? 1 : -1);
        if (axis < 0) axis += shape.Count;
        if (n.Opset < 13 ? x.Axis >= axis : x.Axis == axis) return "it sums over channels";
        n.Gives(0, x.Axis, x.Ids);
        return null;
    }

    private static string? Obstacle(NodeChannels n, int parameters)
    {
        if (n.Map(0) is not { Axis: 1 } x) return "its channels do not lie along axis 1";
        for (var input = 1; input <= parameters; input++)
            if (n.Constant(input) is not { Rank: 1 } tensor || tensor.Count != x.Ids.Length) return "its parameters are computed, or not one per channel";
        return null;
    }
}
