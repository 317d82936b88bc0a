using OnnxAudit.Analyses;

namespace OnnxAudit.Tests.Analyses;

public class LineageTests
{
    private static IReadOnlyList<LineageVariant> Of(params (string Id, string? Parent, string? Operation, string Parameters)[] variants) => Lineage.Of(new GridBundle { Variants = variants }.Manifest);

    [Fact]
    public void Root_IsTheTopOfTheLineage_AndALoopEnds()
    {
        var variants = Of(("a", null, null, "{}"), ("b", "a", "prune", "{}"), ("c", "b", "retrain", """{"epochs":3}"""), ("lost", "elsewhere", "prune", "{}"), ("x", "y", null, "{}"), ("y", "x", null, "{}"));
        Assert.Equal(["a", "a", "a", "lost"], variants.Take(4).Select(v => v.Root));
        Assert.Equal("prune → retrain, epochs 3", variants[2].Treatment);
        Assert.Contains(variants[4].Root, new[] { "x", "y" });
    }

    [Fact]
    public void Treatment_LeavesTheSeedOut_AndAMethodThatIsSaidAlready()
    {
        Assert.Equal("random pruning, amount 0.5", Of(("a", null, "random pruning", """{"method":"random","amount":"0.5","seed":"7"}"""))[0].Treatment);
        Assert.Equal("prune, method random", Of(("a", null, "prune", """{"method":"random"}"""))[0].Treatment);
    }

    /// <summary>Two seeds retrained after the same pruning are one population, whatever came out; after another amount they are another.</summary>
    [Fact]
    public void Treatment_IsTheWholeWayFromTheRoot_WithoutWhatCameOut()
    {
        (string, string?, string?, string) Tuned(string id, string parent, int seed, string accuracy) =>
            (id, parent, "train", $$"""{"epochs":"1","epoch":"1","seed":"{{seed}}","round.1.accuracy":"{{accuracy}}","layer fc.weight":"kept {{seed}}"}""");
        var variants = Of(("d1", null, "train", "{}"), ("d2", null, "train", "{}"), ("p1", "d1", "prune", """{"amount":"0.5"}"""), ("p2", "d2", "prune", """{"amount":"0.5"}"""),
            ("p3", "d2", "prune", """{"amount":"0.9"}"""), Tuned("t1", "p1", 1, "0.8"), Tuned("t2", "p2", 2, "0.7"), Tuned("t3", "p3", 3, "0.6"));
        Assert.Equal("prune, amount 0.5 → train, epochs 1", variants[5].Treatment);
        Assert.Equal(variants[5].Treatment, variants[6].Treatment);
        Assert.NotEqual(variants[6].Treatment, variants[7].Treatment);
    }

    /// <summary>Only global magnitude at a tenth is a rung; of two pools of weights the fuller one counts.</summary>
    [Fact]
    public void Ladder_HoldsGlobalMagnitudeOfOnePool()
    {
        (string, string?, string?, string) Pruned(string id, string amount, string more = "", string scope = "global", string method = "magnitude") =>
            (id, "d", "prune", $$"""{"method":"{{method}}","amount":"{{amount}}","scope":"{{scope}}"{{more}}}""");
        var variants = Of(("d", null, null, "{}"), Pruned("m3", "0.3"), Pruned("m7", "0.7"), Pruned("m3-again", "0.3"), Pruned("m75", "0.75"), Pruned("layer", "0.2", scope: "layer"),
            Pruned("random", "0.1", method: "random"), Pruned("conv", "0.5", """, "include":"Conv" """));
        var ladder = PruningLadder.Of("d", variants)!;
        Assert.Equal([(0, "d"), (0.3, "m3"), (0.7, "m7")], ladder.Rungs);
        Assert.Equal([0.1, 0.2, 0.4, 0.5, 0.6, 0.8, 0.9], ladder.Missing);
        Assert.Null(PruningLadder.Of("m3", variants));
    }
}
