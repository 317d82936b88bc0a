using OnnxAudit.Data;

namespace OnnxAudit.Tests.Data;

public class DatasetDrawTests
{
    [Fact]
    public void Draws_NestAndKeepTheSourcesOrder()
    {
        using var source = DataSpec.Open("synthetic:shapes", new DataOptions());
        using var few = DatasetDraw.Of(source, 20, seed: 4);
        using var more = DatasetDraw.Of(source, 50, seed: 4);
        var (small, large) = (few.SourceIndices.ToArray(), more.SourceIndices.ToArray());
        Assert.Equal((20, 50), (few.Count, more.Count));
        Assert.Equal(large.Order(), large);
        Assert.Subset(large.ToHashSet(), small.ToHashSet());
        using var other = DatasetDraw.Of(source, 20, seed: 5);
        Assert.NotEqual(small, other.SourceIndices.ToArray());
        Assert.NotEqual(few.Digest, other.Digest);
    }

    [Fact]
    public void Samples_AreThoseOfTheSource()
    {
        using var source = DataSpec.Open("synthetic:shapes", new DataOptions());
        using var drawn = DatasetDraw.Of(source, 7, seed: 1);
        var (expected, found) = (new byte[source.Shape.Count], new byte[source.Shape.Count]);
        for (var i = 0; i < drawn.Count; i++)
        {
            var from = (int)drawn.SourceIndices.Span[i];
            source.ReadPixels(from, expected);
            drawn.ReadPixels(i, found);
            Assert.Equal(expected, found);
            Assert.Equal(source.Labels.Span[from], drawn.Labels.Span[i]);
        }
    }

    [Fact]
    public void MoreThanThereAre_IsAll()
    {
        using var source = DataSpec.Open("synthetic:shapes#[0:10]", new DataOptions());
        using var drawn = DatasetDraw.Of(source, 99, seed: 1);
        Assert.Equal(source.SourceIndices.ToArray(), drawn.SourceIndices.ToArray());
    }
}
