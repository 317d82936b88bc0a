using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Structured.Rules;

/// <summary>Layers with weights: each filter makes a channel of its own, and a slice of every filter reads each channel that arrives.</summary>
internal static class Layers
{
    private const string Computed = "its weights are computed";

    /// <summary>
    /// Weights [M, C/group, …]. 1. One group: M new channels. 2. Several groups, depthwise ones among them: what a group reads and makes goes together, so that the
    /// groups that stay keep their shape.
    /// </summary>
    internal static string? Conv(NodeChannels n)
    {
        if (n.Constant(1) is not { Rank: > 2 } weight) return Computed;
        if (BiasObstacle(n, 2, weight.Dims[0]) is { } obstacle) return obstacle;
        var (x, group, filters) = (n.Map(0), n.Node.Int("group", 1), (int)weight.Dims[0]);
        if (x is not null && (x.Axis != 1 || x.Ids.Length != weight.Dims[1] * group)) return "its channels do not lie along axis 1";
        if (group > 1 && x is null) return "a grouped convolution over channels that are not followed";
        var ids = n.Ids.Fresh(filters);
        n.Slices(1, 0, ids, SliceRole.Makes);
        if (group > 1)
        {
            int reads = (int)weight.Dims[1], makes = (int)(filters / group);
            for (var g = 0; g < group; g++)
            {
                for (var c = 0; c < reads; c++) n.Ids.Tie(x!.Ids[g * reads], x.Ids[g * reads + c]);
                for (var m = 0; m < makes; m++) n.Ids.Tie(x!.Ids[g * reads], ids[g * makes + m]);
            }

            n.Changes(new GroupCount(n.Node, x!.Ids, reads));
        }
        else if (x is not null) n.Slices(1, 1, x.Ids, SliceRole.Reads);

        if (n.Node.Input(2) is not null) n.Slices(2, 0, ids, SliceRole.Makes);
        n.Filters(weight, 0, ids);
        n.Gives(0, 1, ids);
        return null;
    }

    /// <summary>Weights [C, M, …], one group.</summary>
    internal static string? ConvTranspose(NodeChannels n)
    {
        if (n.Constant(1) is not { Rank: > 2 } weight) return Computed;
        if (n.Node.Int("group", 1) != 1) return "a transposed convolution in groups";
        if (BiasObstacle(n, 2, weight.Dims[1]) is { } obstacle) return obstacle;
        var x = n.Map(0);
        if (x is not null && (x.Axis != 1 || x.Ids.Length != weight.Dims[0])) return "its channels do not lie along axis 1";
        var ids = n.Ids.Fresh((int)weight.Dims[1]);
        n.Slices(1, 1, ids, SliceRole.Makes);
        if (x is not null) n.Slices(1, 0, x.Ids, SliceRole.Reads);
        if (n.Node.Input(2) is not null) n.Slices(2, 0, ids, SliceRole.Makes);
        n.Filters(weight, 1, ids);
        n.Gives(0, 1, ids);
        return null;
    }

    /// <summary>x·W + b with x [N, C]; W is [C, M], or [M, C] transposed. b: [M], [1, M] or one number.</summary>
    internal static string? Gemm(NodeChannels n)
    {
        if (n.Constant(1) is not { Rank: 2 } weight) return Computed;
        if (n.Node.Int("transA", 0) != 0) return "it reads its input transposed";
        var rows = n.Node.Int("transB", 0) != 0 ? 0 : 1;
        var bias = n.Constant(2);
        if (n.Node.Input(2) is not null && (bias is null || (bias.Count != 1 && (bias.Rank == 0 || bias.Dims[^1] != weight.Dims[rows])))) return "its bias is computed, or no row of numbers";
        if (Product(n, weight, rows) is { } reason) return reason;
        if (bias is { Count: > 1 }) n.Slices(2, bias.Rank - 1, n.Made(0).Ids, SliceRole.Makes);
        return null;
    }

    /// <summary>x·W with x [N, …, C] and a matrix W [C, M].</summary>
    internal static string? MatMul(NodeChannels n)
    {
        if (n.Constant(0) is not null) return "its weights are the left operand";
        return n.Constant(1) is { Rank: 2 } weight ? Product(n, weight, 1) : "a product of two computed values";
    }

    private static string? Product(NodeChannels n, Tensor weight, int rows)
    {
        var x = n.Map(0);
        if (n.Constant(0) is not null || n.Shape(0) is not { Count: >= 2 } shape) return "the shape of its input is not known";
        if (x is not null && (x.Axis != shape.Count - 1 || x.Ids.Length != weight.Dims[1 - rows])) return "it multiplies along another axis than that of the channels";
        var ids = n.Ids.Fresh((int)weight.Dims[rows]);
        n.Slices(1, rows, ids, SliceRole.Makes);
        if (x is not null) n.Slices(1, 1 - rows, x.Ids, SliceRole.Reads);
        n.Filters(weight, rows, ids);
        n.Gives(0, shape.Count - 1, ids);
        return null;
    }

    private static string? BiasObstacle(NodeChannels n, int input, long count) =>
        n.Node.Input(input) is null || n.Constant(input) is { Rank: 1 } bias && bias.Count == count ? null : "its bias is computed";
}
