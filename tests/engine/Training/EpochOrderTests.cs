using OnnxAudit.Data;
using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

public sealed class EpochOrderTests : IDisposable
{
    private readonly ImageDataset _data = DataSpec.Open("synthetic:shapes#train[10:60]", new DataOptions());

    public void Dispose() => _data.Dispose();

    [Fact]
    public void AnEpoch_HoldsEverySampleOnce_InAnOrderOfItsOwn()
    {
        using var first = EpochOrder.Of(_data, 1, 0, 0, 50);
        using var second = EpochOrder.Of(_data, 1, 1, 0, 50);
        Assert.Equal(Enumerable.Range(10, 50).Select(i => (long)i), first.SourceIndices.ToArray().Order());
        Assert.NotEqual(first.SourceIndices.ToArray(), _data.SourceIndices.ToArray());
        Assert.NotEqual(first.SourceIndices.ToArray(), second.SourceIndices.ToArray());
        using var again = EpochOrder.Of(_data, 1, 0, 0, 50);
        Assert.Equal(first.SourceIndices.ToArray(), again.SourceIndices.ToArray());
    }

    [Fact]
    public void APart_ContinuesTheSameOrder_WithItsPixelsAndLabels()
    {
        using var whole = EpochOrder.Of(_data, 9, 4, 0, 50);
        using var rest = EpochOrder.Of(_data, 9, 4, 20, 45);
        Assert.Equal(whole.SourceIndices[20..45].ToArray(), rest.SourceIndices.ToArray());
        Assert.Equal(whole.Labels[20..45].ToArray(), rest.Labels.ToArray());
        var (a, b, c) = (new byte[_data.Shape.Count], new byte[_data.Shape.Count], new byte[_data.Shape.Count]);
        whole.ReadPixels(27, a);
        rest.ReadPixels(7, b);
        _data.ReadPixels((int)rest.SourceIndices.Span[7] - 10, c);
        Assert.Equal(a, b);
        Assert.Equal(a, c);
        Assert.Equal(_data.Labels.Span[(int)rest.SourceIndices.Span[7] - 10], rest.Labels.Span[7]);
    }
}
