using OnnxAudit.Compression;
using OnnxAudit.Compression.Structured;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles.Architectures;

namespace OnnxAudit.Tests.Compression.Structured;

/// <summary>Importance of groups with hand-made weights, and which of them go.</summary>
public class GroupSelectionTests
{
    private readonly NetBuilder _net = new("small", new NetSize(8, Opset: 18));
    private readonly List<string> _notes = [];

    [Theory]
    [InlineData(StructuredCriterion.L1, 3, 1, 8)] // (4 + 2)/2, (1 + 1)/2, (8 + 8)/2
    [InlineData(StructuredCriterion.L2, 7, 1, 28)] // (10 + 4)/2, (1 + 1)/2, (34 + 22)/2
    [InlineData(StructuredCriterion.NormScale, 2, 4, 6)]
    public void Importance_IsTheMeanOverAGroup_DividedByThatOfItsSet(StructuredCriterion criterion, double first, double second, double third)
    {
        var a = _net.Input.Conv("a", 3, 1);
        a.Add(a.Conv("b", 3, 1).Bn("bn"));
        Set("a.weight", 1, 0, -3, 1, 0, 0, 5, -3, 0);
        Set("b.weight", 0, -2, 0, 0, -1, 0, 2, 3, 3);
        Set("bn.weight", 2, -4, 6);
        var walk = Removals.Walk(_net.Model);
        var set = Assert.Single(LayerSet.Of(walk, [], []));
        Assert.Equal("Conv_0 and 1 more", set.Name);
        var importance = GroupImportance.Of(walk, [set], criterion, 0, null);
        var mean = (first + second + third) / 3;
        Assert.All(set.Groups.Zip([first, second, third]), g => Assert.Equal(g.Second / mean, importance[g.First.Root], 1e-12));
    }

    [Fact]
    public void TaylorSum_LetsSignsCancel_TaylorDoesNot()
    {
        _net.Input.Conv("a", 2, 1);
        var walk = Removals.Walk(_net.Model);
        var sets = LayerSet.Of(walk, [], []);
        double[] Of(StructuredCriterion criterion) => [.. GroupImportance.Of(walk, sets, criterion, 0, _ => new float[] { 3, -3, 0, 1, 1, 0 }).OrderBy(i => i.Key).Select(i => i.Value)];
        Assert.Equal([1.5, 0.5], Of(StructuredCriterion.Taylor)); // 6 and 2, mean 4
        Assert.Equal([0, 2], Of(StructuredCriterion.TaylorSum)); // 0 and 4, mean 2
    }

    [Fact]
    public void ChannelsWithoutNormalisation_HaveNoScale()
    {
        _net.Input.Conv("a", 2, 1);
        var walk = Removals.Walk(_net.Model);
        Assert.Empty(GroupImportance.Of(walk, LayerSet.Of(walk, [], []), StructuredCriterion.NormScale, 0, null));
    }

    [Fact]
    public void NaN_IsAnError()
    {
        _net.Input.Conv("a", 2, 1);
        Set("a.weight", 1, 2, float.NaN, 1, 1, 1);
        var walk = Removals.Walk(_net.Model);
        Assert.Contains("not a number", Assert.Throws<AuditException>(() => GroupImportance.Of(walk, LayerSet.Of(walk, [], []), StructuredCriterion.L1, 0, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_DependsOnSeedAndName()
    {
        _net.Input.Conv("a", 8, 1);
        var walk = Removals.Walk(_net.Model);
        double[] Of(ulong seed) => [.. GroupImportance.Of(walk, LayerSet.Of(walk, [], []), StructuredCriterion.Random, seed, null).OrderBy(i => i.Key).Select(i => i.Value)];
        Assert.Equal(Of(1), Of(1));
        Assert.NotEqual(Of(1), Of(2));
        Assert.All(Of(1), v => Assert.InRange(v, 0, 1));
    }

    [Theory]
    [InlineData(0.5, 1, new[] { 1, 3 })] // of equal ones the earlier
    [InlineData(0.74, 1, new[] { 1, 3 })] // ⌊2.96⌋
    [InlineData(0.75, 1, new[] { 1, 3, 0 })]
    [InlineData(0.75, 2, new[] { 1, 3 })] // a multiple of 2 stays
    [InlineData(0.1, 1, new int[0])]
    public void TheLeastImportant_Go(double amount, int multiple, int[] expected)
    {
        _net.Input.Conv("a", 4, 1).Conv("b", 1, 1);
        Assert.Equal(expected.Order(), Gone(amount, MaskScope.Layer, multiple, 5, 1, 9, 1, 7));
        Assert.Empty(_notes);
    }

    [Fact]
    public void OnePool_TakesFromTheWeakestSet_ButNeverAll()
    {
        _net.Input.Conv("a", 4, 1).Conv("b", 4, 1);
        Assert.Equal([0, 1, 2, 4], Gone(0.5, MaskScope.Global, 1, 1, 2, 3, 4, 5, 6, 7, 8)); // a3 would be a's last
        Assert.Empty(_notes);
    }

    [Fact]
    public void AHalf_KeepsAChannel_ThoughOthersOfTheLayerStay()
    {
        _net.Input.Conv("a", 6, 1).Halves();
        Assert.Equal([0, 1, 3], Gone(0.5, MaskScope.Layer, 1, 1, 2, 3, 4, 5, 6));
        Assert.Equal([0, 1, 3, 4], Gone(0.9, MaskScope.Layer, 1, 1, 2, 3, 4, 5, 6));
        Assert.Equal(["Conv_0: 4 of 5 channel groups went; more would leave a value without channels."], _notes);
    }

    [Fact]
    public void Patterns_ChooseByAnyLayerOfASet()
    {
        var a = _net.Input.Conv("a", 2, 1);
        a.Add(a.Conv("b", 2, 1)).Conv("c", 2, 1);
        var walk = Removals.Walk(_net.Model);
        Assert.Equal([2, 0], LayerSet.Of(walk, ["b.weight"], []).Select(s => s.Free.Count()));
        Assert.Equal([0, 2], LayerSet.Of(walk, ["Conv"], ["a.*"]).Select(s => s.Free.Count()));
        Assert.Equal("they are excluded", LayerSet.Of(walk, [], ["a.*"])[0].Groups[0].Kept);
        Assert.Contains("exclude pattern 'z'", Assert.Throws<AuditException>(() => LayerSet.Of(walk, [], ["z"])).Message, StringComparison.Ordinal);
    }

    // Importance in the order of identities, which is that of layers and filters.
    private IEnumerable<int> Gone(double amount, MaskScope scope, int multiple, params double[] importance)
    {
        var walk = Removals.Walk(_net.Model);
        var sets = LayerSet.Of(walk, [], []);
        var given = importance.Select((v, id) => (v, id)).ToDictionary(p => p.id, p => p.v);
        return GroupSelection.Of(walk, sets, given, amount, scope, multiple, _notes).Order();
    }

    private void Set(string name, params float[] values) => _net.Model.Graph.SetInitializer(name, Tensor.FromFloats(_net.Model.Graph.Find(name)!.Initializer!.Dims, values));
}
