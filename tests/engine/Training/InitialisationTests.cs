using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

public class InitialisationTests
{
    /// <summary>54·n normal numbers with the variance 2/fan: the sum of their squares within five deviations, √(2/n) relative.</summary>
    [Theory]
    [InlineData(StartingWeights.He, 72)]
    [InlineData(StartingWeights.HeFanIn, 54)]
    public void Kernels_AreNormalWithHesVariance(StartingWeights start, int fan)
    {
        var state = TrainingOracle.State();
        var at = state.Graph.Weights.Index().Single(w => w.Item.Name == "conv2.weight").Index;
        var (squares, sum, count) = (0.0, 0.0, 0);
        for (ulong seed = 0; seed < 50; seed++)
        {
            Initialisation.Apply(state, start, seed);
            foreach (var w in state.Weights[at])
            {
                squares += (double)w * w;
                sum += w;
                count++;
            }
        }

        Assert.Equal(1, squares / count / (2.0 / fan), 5 * Math.Sqrt(2.0 / count));
        Assert.Equal(0, sum / count, 5 * Math.Sqrt(2.0 / fan / count));
    }

    [Fact]
    public void OtherRoles_StartAsPyTorchsResNetDoes()
    {
        var state = TrainingOracle.State();
        Initialisation.Apply(state, StartingWeights.He, 3);
        foreach (var (i, weight) in state.Graph.Weights.Index())
        {
            var values = state.Weights[i].ToArray();
            if (weight.Role == WeightRole.NormScale) Assert.All(values, v => Assert.Equal(1, v));
            if (weight.Role is WeightRole.Bias or WeightRole.NormShift) Assert.All(values, v => Assert.Equal(0, v));
            if (weight.Role != WeightRole.Matrix) continue;
            Assert.All(values, v => Assert.InRange(Math.Abs(v), 0, 1 / Math.Sqrt(8)));
            Assert.True(values.Max(Math.Abs) > 0.8 / Math.Sqrt(8));
        }

        Assert.All(state.Statistics[0].ToArray(), v => Assert.Equal(0, v));
        Assert.All(state.Statistics[1].ToArray(), v => Assert.Equal(1, v));
    }

    [Fact]
    public void FromTheFile_NothingChanges()
    {
        var (state, untouched) = (TrainingOracle.State(), TrainingOracle.State());
        Initialisation.Apply(state, StartingWeights.File, 3);
        Assert.Equal(untouched.Weights.All.ToArray(), state.Weights.All.ToArray());
    }
}
