namespace OnnxAudit.Tests.Corruptions.Mnist;

public sealed class CannyEdgesTests
{
    private static readonly StoredArrays Stored = new("blocks.npz");

    [Fact]
    public void Edges_OfDigits_AreScikitImages()
    {
        var digits = Stored.Count("digit");
        Assert.Equal(6, digits);
        for (var i = 0; i < digits; i++)
            Assert.Equal(Stored.Read<byte>($"digit_edges{i}"), MnistTableTests.Corrupted("canny_edges", 1, i, Stored.Read<byte>($"digit{i}")));
    }
}
