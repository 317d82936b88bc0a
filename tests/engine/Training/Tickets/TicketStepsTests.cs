using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Training;
using OnnxAudit.Training.Tickets;

namespace OnnxAudit.Tests.Training.Tickets;

/// <summary>Steps against PyTorch's of tests/oracles/training/make_tickets.py, float32 on both sides.</summary>
public class TicketStepsTests
{
    private const int Steps = 20;

    // Both sides round in float32 in different orders; over 20 steps that grows to some 1e-5 relative to a tensor's largest element. The oracle holds no score
    // so near a threshold that this could move it across.
    private const double Tolerance = 1e-4;

    private static readonly string File = Path.Combine(SourceTree.Root, "tests", "oracles", "training", "tickets.npz");

    [Theory]
    [InlineData("biprop")]
    [InlineData("edge-popup")]
    public void EveryStepOfTheScores_IsPyTorchs(string name)
    {
        using var run = Open(name, out var ticket);
        var expected = ticket.Layers.ToDictionary(l => l.Name, l => Read($"{name}/{l.Name}"));
        for (var step = 0; step < Steps; step++)
        {
            Close(Read($"{name}/loss").Span<float>().Slice(step, 1), [(float)TrainingOracle.Step(run, step, 0.2).Loss], $"loss {step}");
            foreach (var layer in ticket.Layers)
            {
                var found = ticket.Trained[layer.Tensor];
                Close(expected[layer.Name].Span<float>().Slice(step * found.Length, found.Length), found, $"{layer.Name}, step {step}");
            }
        }

        Ends(name, run, ticket);
    }

    [Theory]
    [InlineData("adam", 5e-3)]
    [InlineData("norms", 0.2)]
    [InlineData("global", 0.2)]
    public void TwentySteps_AreWherePyTorchs(string name, double rate)
    {
        using var run = Open(name, out var ticket);
        var losses = Enumerable.Range(0, Steps).Select(step => (float)TrainingOracle.Step(run, step, rate).Loss).ToArray();
        Close(Read($"{name}/loss").Span<float>(), losses, "loss");
        foreach (var layer in ticket.Layers) Close(Read($"{name}/{layer.Name}").Span<float>(), ticket.Trained[layer.Tensor], layer.Name);
        Ends(name, run, ticket);
    }

    private static void Ends(string name, TrainingSession session, TicketWeights ticket)
    {
        var tensors = session.State.Tensors().ToDictionary();
        foreach (var layer in ticket.Layers) Close(Read($"{name}/effective/{layer.Name}").Span<float>(), tensors[layer.Name].Span<float>(), $"W_eff of {layer.Name}");
        foreach (var tensor in (string[])["bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var"])
            Close(Read($"{name}/{tensor}").Span<float>(), tensors[tensor].Span<float>(), tensor);
        Assert.All(tensors["conv2.bias"].Span<float>().ToArray().Concat(tensors["fc.bias"].Span<float>().ToArray()), b => Assert.Equal(0, b));
        Assert.Equal(name == "norms", tensors["bn1.weight"].Span<float>().ContainsAnyExcept(1));
    }

    private static TrainingSession Open(string name, out TicketWeights ticket)
    {
        var settings = new TicketSettings
        {
            Amount = 0.6,
            Method = name == "edge-popup" ? TicketMethod.EdgePopup : TicketMethod.Biprop,
            Scope = name == "global" ? MaskScope.Global : MaskScope.Layer,
            LearnNorms = name == "norms",
        };
        var state = TrainingOracle.State();
        ticket = new TicketWeights(state, settings, weight => (Read($"weights/{weight.Name}").Span<float>().ToArray(), Read($"scores/{weight.Name}").Span<float>().ToArray()));
        OptimiserSettings optimiser = name switch
        {
            "biprop" => new() { Nesterov = true, WeightDecay = 5e-4 },
            "adam" => new() { Kind = OptimiserKind.Adam },
            "global" => new(),
            _ => new() { WeightDecay = 5e-4 },
        };
        return TrainingSession.Open(Ort.Library, state, optimiser, new() { Threads = 1 }, derived: ticket);
    }

    private static Tensor Read(string name)
    {
        var (where, bytes) = NpzFile.ReadMember(File, name);
        return NpyFile.OverMemory(where, bytes).ToTensor();
    }

    private static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        var (scale, worst) = (1e-3, 0.0); // shifts that stay 0
        for (var i = 0; i < expected.Length; i++)
        {
            scale = Math.Max(scale, Math.Abs(expected[i]));
            worst = Math.Max(worst, Math.Abs(expected[i] - found[i]));
        }

        Assert.True(worst <= Tolerance * scale, FormattableString.Invariant($"{what}: off by {worst} of {scale}"));
    }
}
