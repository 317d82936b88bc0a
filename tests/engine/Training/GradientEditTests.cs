using OnnxAudit.Compression;
using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

public class GradientEditTests
{
    /// <summary>Every third weight of a kernel is removed; whatever the optimiser, it stays +0 bit for bit and the others move.</summary>
    [Theory]
    [InlineData("nesterov")]
    [InlineData("adam")]
    [InlineData("adamw")]
    public void RemovedWeights_StayExactlyZero(string recipe)
    {
        var net = TrainingOracle.Net();
        var count = net.Graph.Find("conv2.weight")!.Initializer!.Count;
        var bits = new byte[Mask.ByteLength(count)];
        for (var i = 0; i < count; i++)
            if (i % 3 != 0) bits[i / 8] |= (byte)(1 << i % 8);
        var masks = new MaskSet([new Mask("conv2.weight", count, bits)]);
        MaskApplication.Bake(net, masks);
        var state = new TrainingState(TrainingGraph.Build(net, [3, 8, 8], null, new TrainingLoss()), net);
        using var session = TrainingSession.Open(Runtime.Ort.Library, state, TrainingSessionTests.Settings(recipe), new(), GradientEdit.Holding(state.Weights, state.Graph.Weights, masks));
        var at = state.Graph.Weights.Index().Single(w => w.Item.Name == "conv2.weight").Index;
        var before = state.Weights[at].ToArray();
        for (var step = 0; step < 5; step++) TrainingOracle.Step(session, step, 0.01);
        for (var i = 0; i < count; i++)
        {
            if (i % 3 == 0) Assert.Equal(0, BitConverter.SingleToInt32Bits(state.Weights[at][i]));
            else Assert.NotEqual(before[i], state.Weights[at][i]);
        }
    }

    [Fact]
    public void Hold_MakesZeroOfNotANumber()
    {
        var values = Enumerable.Repeat(float.NaN, 21).ToArray();
        int[] bits = [.. Enumerable.Range(0, 21).Select(i => i % 2 == 0 ? 0 : -1)];
        GradientEdit.Hold(values, bits);
        for (var i = 0; i < 21; i++) Assert.Equal(i % 2 == 0 ? 0f : float.NaN, values[i]);
    }

    [Fact]
    public void Clip_ScalesToTheLimit_AndLeavesSmallerNormsAlone()
    {
        float[] values = [3, 4];
        Assert.Equal(5, GradientEdit.Clip(values, 1));
        Assert.Equal(1, Math.Sqrt(values[0] * values[0] + values[1] * values[1]), 1e-6);
        float[] small = [0.3f, 0.4f];
        GradientEdit.Clip(small, 1);
        Assert.Equal([0.3f, 0.4f], small);
    }
}
