using OnnxAudit.Compression;
using OnnxAudit.Compression.Structured;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Oracles.Architectures;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Compression.Structured;

/// <summary>Models walked, shrunk and run in memory.</summary>
internal static class Removals
{
    /// <summary>A walk of a model whose shapes are constants.</summary>
    public static ChannelWalk Walk(Model model) => ChannelWalk.Of(model, ShapeFacts.Of(model.Graph));

    /// <summary>Removes a share of a model's groups, chosen at random, or zeros them. Answers whether something went.</summary>
    public static bool Apply(Model model, double amount, ulong seed, bool zero, MaskScope scope = MaskScope.Layer)
    {
        var walk = Walk(model);
        var sets = LayerSet.Of(walk, [], []);
        var gone = GroupSelection.Of(walk, sets, GroupImportance.Of(walk, sets, StructuredCriterion.Random, seed, null), amount, scope, 1, []);
        var removal = new Removal(walk.Ids, gone);
        if (zero) Shrinking.Zero(model, walk, removal);
        else Shrinking.Apply(model, walk, removal);
        return gone.Count > 0;
    }

    /// <summary>Removes exactly the given filters of a layer, with all that is tied to them.</summary>
    public static void Remove(Model model, string weight, params int[] filters)
    {
        var walk = Walk(model);
        var layer = walk.Layers.Single(l => l.WeightName == weight);
        Assert.All(filters, f => Assert.Null(walk.Ids.ReasonToKeep(layer.Ids[f])));
        Shrinking.Apply(model, walk, new Removal(walk.Ids, filters.Select(f => walk.Ids.Root(layer.Ids[f])).ToHashSet()));
        Assert.Null(GraphRules.FirstBroken(model.Graph));
    }

    /// <summary>The output "logits" for two samples of normal noise.</summary>
    public static float[] Scores(Model model, int channels = 3, int side = 32)
    {
        using var session = Ort.Session(model);
        using var input = OrtTensor.Over(NetWeights.Normal(9, "input", [2, channels, side, side], 1));
        return Ort.Floats(session, "logits", ("input", input));
    }

    /// <summary>Equal to 1e-4 of the largest score: float32 sums in another order differ by about 1e-6 of it a layer.</summary>
    public static void AssertSameScores(float[] expected, float[] found) =>
        Assert.InRange(Ort.LargestDifference(expected, found) / expected.Max(Math.Abs), 0, 1e-4f);

    /// <summary>A value's channels by the names of the filters that make them, e.g. "a0 a1 b0"; tied ones have the first one's name.</summary>
    public static string Channels(ChannelWalk walk, Value value)
    {
        var names = new Dictionary<int, string>();
        foreach (var layer in walk.Layers)
            for (var f = 0; f < layer.Ids.Length; f++) names.TryAdd(walk.Ids.Root(layer.Ids[f]), FormattableString.Invariant($"{layer.WeightName.Split('.')[0]}{f}"));
        return walk.MapOf(value) is { } map ? string.Join(' ', map.Ids.Select(id => names.GetValueOrDefault(walk.Ids.Root(id), "?"))) : "none";
    }

    /// <summary>Why the channels of a value stay; those that may go are "free".</summary>
    public static string[] Reasons(ChannelWalk walk, Value value) => [.. walk.MapOf(value)!.Ids.Select(id => walk.Ids.ReasonToKeep(id) ?? "free").Distinct()];
}
