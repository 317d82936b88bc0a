using OnnxAudit.Saliency;

namespace OnnxAudit.Tests.Saliency;

public sealed class SaliencyNeighboursTests
{
    private static readonly float[] Profiles = [1, 0, 0, 2, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 3]; // five samples of three filters

    [Fact]
    public void Nearest_AreByCosine_WithoutTheQuery_EqualOnesByRow()
    {
        var search = new SaliencyNeighbours([(0L, new float[] { 1, 0, 0 })], 4, 0, 3);
        search.Take(Profiles.AsSpan(0, 6), 3, 0);
        search.Take(Profiles.AsSpan(6), 3, 2);
        Assert.Equal([1L, 3, 2, 4], search.Of(0).Select(n => n.Sample));
        Assert.Equal(1, search.Of(0)[0].Cosine, 6);
        Assert.Equal(Math.Sqrt(0.5), search.Of(0)[1].Cosine, 6);
    }

    [Fact]
    public void PartOfTheFilters_IsComparedAlone()
    {
        var search = new SaliencyNeighbours([(3L, new float[] { 1, 1, 0 })], 1, 1, 2);
        search.Take(Profiles, 3, 0);
        Assert.Equal(2, search.Of(3)[0].Sample);
    }

    [Fact]
    public void EarlyHalf_OfSixteenLayers_IsNine_AsVgg19IsSplit()
    {
        var layers = Enumerable.Range(0, 16).Select(i => new FilterLayer($"w{i}", "", FilterKind.Convolution, 10, 10 * i, 9)).ToArray();
        Assert.Equal((0, 90), SaliencyNeighbours.Part(layers, early: true));
        Assert.Equal((90, 70), SaliencyNeighbours.Part(layers, early: false));
    }
}
