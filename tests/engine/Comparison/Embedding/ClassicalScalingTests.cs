using OnnxAudit.Comparison.Embedding;

namespace OnnxAudit.Tests.Comparison.Embedding;

/// <summary>Classical scaling.</summary>
public class ClassicalScalingTests
{
    [Fact]
    public void PlanePoints_KeepTheirDistances()
    {
        var points = PhiloxNumbers.Normal(1, 2 * 60);
        var distances = DistanceMatrix.Euclidean(points, 2);
        var layout = ClassicalScaling.Place(distances);
        var placed = DistanceMatrix.Euclidean(layout.Coordinates, 2);
        for (var i = 0; i < 60; i++)
            for (var j = 0; j < 60; j++) Assert.Equal(distances[i, j], placed[i, j], 1e-11);
        Assert.Equal(1, layout.Explained, 1e-12);
    }

    [Fact]
    public void Axes_HaveTheirLargestEntryPositive()
    {
        var layout = ClassicalScaling.Place(DistanceMatrix.Euclidean(PhiloxNumbers.Normal(2, 5 * 40), 5)).Coordinates;
        for (var axis = 0; axis < 2; axis++)
        {
            var values = Enumerable.Range(0, 40).Select(i => layout[2 * i + axis]).ToArray();
            Assert.True(values.MaxBy(Math.Abs) > 0);
        }
    }

    [Fact]
    public void SpreadOfTheFirstAxis_IsTheLargest()
    {
        var layout = ClassicalScaling.Place(DistanceMatrix.Euclidean(PhiloxNumbers.Normal(3, 4 * 50), 4)).Coordinates;
        Assert.True(Enumerable.Range(0, 50).Sum(i => layout[2 * i] * layout[2 * i]) >= Enumerable.Range(0, 50).Sum(i => layout[2 * i + 1] * layout[2 * i + 1]));
    }

    [Fact]
    public void PointsOfALine_HaveNoSecondAxis()
    {
        var layout = ClassicalScaling.Place(DistanceMatrix.Euclidean([0, 1, 4, 9, 16], 1));
        Assert.All(Enumerable.Range(0, 5), i => Assert.Equal(0, layout.Coordinates[2 * i + 1]));
        Assert.Equal(16, Math.Abs(layout.Coordinates[8] - layout.Coordinates[0]), 1e-11);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void FewPoints_AreFinite(int n) =>
        Assert.All(ClassicalScaling.Place(DistanceMatrix.Euclidean(PhiloxNumbers.Normal(4, n), 1)).Coordinates, v => Assert.True(double.IsFinite(v)));
}
