using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

/// <summary>Steps against PyTorch's, float32 on both sides.</summary>
public class TrainingSessionTests
{
    private const int Steps = 20;

    // Both sides round in float32 in different orders; over 20 steps of these rates that grows to some 1e-5 relative to a tensor's largest element.
    private const double Tolerance = 1e-4;

    public static TheoryData<string, double> Recipes => new()
    {
        { "sgd", 0.05 }, { "momentum", 0.05 }, { "nesterov", 0.05 }, { "adam", 1e-2 }, { "adamw", 1e-2 }, { "smoothed", 0.05 }, { "clipped", 0.05 }, { "distilled", 0.05 },
    };

    [Theory]
    [MemberData(nameof(Recipes))]
    public void TwentySteps_ArePyTorchs(string name, double rate)
    {
        Compare(name, rate, portable: false, threads: 1);
        Compare(name, rate, portable: false, threads: 3);
        Compare(name, rate, portable: true, threads: 1);
    }

    private static void Compare(string name, double rate, bool portable, int threads)
    {
        using var session = TrainingOracle.Session(Settings(name), Loss(name), portable, threads);
        Assert.Equal(!portable, session.State.Graph.Model.Graph.Nodes.Any(n => n.OpType == "KernelGradient"));
        var losses = Enumerable.Range(0, Steps).Select(step => (float)TrainingOracle.Step(session, step, rate).Loss).ToArray();
        Close(TrainingOracle.Array($"{name}/loss").Span<float>(), losses, "loss");
        foreach (var (tensor, value) in session.State.Tensors()) Close(TrainingOracle.Array($"{name}/{tensor}").Span<float>(), value.Span<float>(), tensor);
    }

    [Fact]
    public void Loss_FallsAndEveryTensorMoves()
    {
        using var session = TrainingOracle.Session(Settings("momentum"));
        var before = session.State.Tensors();
        var losses = Enumerable.Range(0, Steps).Select(step => TrainingOracle.Step(session, step, 0.05).Loss).ToArray();
        Assert.True(losses[^1] < 0.8 * losses[0], string.Join(' ', losses));
        Assert.Equal(9, before.Count);
        foreach (var ((name, old), (_, now)) in before.Zip(session.State.Tensors())) Assert.False(old.Data.Span.SequenceEqual(now.Data.Span), name);
    }

    private static TrainingLoss Loss(string name) => new(name == "smoothed" ? 0.1 : 0, name == "distilled" ? new Distillation(3, 0.7) : null);

    internal static OptimiserSettings Settings(string name) => name switch
    {
        "sgd" or "distilled" => new() { Momentum = 0 },
        "momentum" => new() { WeightDecay = 5e-4 },
        "nesterov" => new() { Nesterov = true, WeightDecay = 5e-4 },
        "adam" => new() { Kind = OptimiserKind.Adam, WeightDecay = 1e-3 },
        "adamw" => new() { Kind = OptimiserKind.AdamW, WeightDecay = 1e-2 },
        "smoothed" => new(),
        "clipped" => new() { Clip = 0.5 },
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        var (scale, worst) = (0.0, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            scale = Math.Max(scale, Math.Abs(expected[i]));
            worst = Math.Max(worst, Math.Abs(expected[i] - found[i]));
        }

        Assert.True(worst <= Tolerance * scale, FormattableString.Invariant($"{what}: off by {worst} of {scale}"));
    }
}
