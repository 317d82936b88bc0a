using OnnxAudit.Compression;
using OnnxAudit.Training.Tickets;

namespace OnnxAudit.Tests.Training.Tickets;

public class TicketLayerTests
{
    private static readonly float[] Weights = [0.5f, -0.2f, 0.1f, -0.4f, 0.3f];
    private static readonly float[] Scores = [0.9f, -0.1f, 0.5f, 0.2f, -0.7f];

    /// <summary>Five weights by hand, 60 % kept: M = (1,0,1,0,1), α = (0.5 + 0.1 + 0.3)/3.</summary>
    [Fact]
    public void Biprop_KeepsSignsTimesTheMean_AndPassesGradientsOfRemovedWeightsToo()
    {
        var layer = new TicketLayer("w", 0, Weights, TicketMethod.Biprop);
        Assert.Equal([0.3f, 0, 0.3f, 0, 0.3f], Effective(layer, Scores, 0.4), (a, b) => Math.Abs(a - b) < 1e-7);
        Assert.Equal((3, 0.3f), (layer.Kept, layer.Alpha));
        Assert.Equal([0.5f, 0.2f, 0.1f, -0.4f, -0.3f], Gradient(layer));
    }

    [Fact]
    public void EdgePopup_KeepsTheWeights_WithTheSameGradient()
    {
        var layer = new TicketLayer("w", 0, Weights, TicketMethod.EdgePopup);
        Assert.Equal([0.5f, 0, 0.1f, 0, 0.3f], Effective(layer, Scores, 0.4));
        Assert.Equal([0.5f, 0.2f, 0.1f, -0.4f, -0.3f], Gradient(layer));
    }

    [Theory]
    [InlineData(TicketMethod.Biprop)]
    [InlineData(TicketMethod.EdgePopup)]
    public void EveryLength_IsTheFormulaWrittenOut(TicketMethod method)
    {
        var random = new Random(4);
        foreach (var length in (int[])[1, 7, 8, 9, 16, 31, 100])
        {
            var weights = Enumerable.Range(0, length).Select(i => i % 11 == 3 ? 0 : (float)(random.NextDouble() - 0.5)).ToArray();
            var scores = Enumerable.Range(0, length).Select(i => i % 13 == 5 ? 0 : (float)(random.NextDouble() - 0.5)).ToArray();
            var gradients = Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
            var layer = new TicketLayer("w", 0, weights, method);
            var found = Effective(layer, scores, 0.3);
            var removed = Enumerable.Range(0, length).OrderBy(i => Math.Abs(scores[i])).ThenBy(i => i).Take((int)Math.Floor(0.3 * length + 1e-9)).ToHashSet();
            var kept = Enumerable.Range(0, length).Where(i => !removed.Contains(i)).ToArray();
            var alpha = (float)kept.Average(i => Math.Abs((double)weights[i]));
            for (var i = 0; i < length; i++)
                Assert.Equal(removed.Contains(i) ? 0 : method == TicketMethod.Biprop ? alpha * Math.Sign(weights[i]) : weights[i], found[i]);
            var pulled = gradients.ToArray();
            layer.Pull(scores, pulled);
            for (var i = 0; i < length; i++) Assert.Equal(Math.Sign(scores[i]) * (weights[i] * gradients[i]), pulled[i]);
        }
    }

    [Fact]
    public void Alpha_OfOneMagnitude_IsThatMagnitudeToTheBit()
    {
        float[] weights = [.. Enumerable.Range(0, 999).Select(i => i % 3 == 0 ? -0.1f : 0.1f)];
        var layer = new TicketLayer("w", 0, weights, TicketMethod.Biprop);
        Effective(layer, [.. Enumerable.Range(0, 999).Select(i => (float)i)], 0.7);
        Assert.Equal(0.1f, layer.Alpha);
    }

    private static float[] Effective(TicketLayer layer, float[] scores, double amount)
    {
        var cut = TopScores.Cut(scores, [Range.All], Pool.RemovedOf(scores.Length, amount));
        var effective = new float[scores.Length];
        layer.Write(scores, effective, ref cut);
        return effective;
    }

    private static float[] Gradient(TicketLayer layer)
    {
        float[] gradients = [1, 1, 1, 1, 1];
        layer.Pull(Scores, gradients);
        return gradients;
    }
}
