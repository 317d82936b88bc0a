using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles.Architectures;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

/// <summary>The program's own operators against the standard ones, over whole networks.</summary>
public class TrainingOperatorsTests
{
    public static TheoryData<string> Names => [.. Architecture.All.Where(a => a.HasHead).Select(a => a.Name)];

    /// <summary>
    /// Gradients of one step, float32 on both sides. Normalisation over the few elements of small maps enlarges rounding, and a ReLU's input near 0 may change
    /// sides: 1e-2 of a tensor's largest, tensors without any to speak of against 1e-5 of the largest of all.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_AreThoseOfStandardOperators(string name)
    {
        var architecture = Architecture.Of(name);
        var model = architecture.Build(architecture.Small);
        OwnTensors.Give(model);
        var (fused, portable) = (Gradients(model, false), Gradients(model, true));
        Assert.Equal(portable.Select(g => g.Weight), fused.Select(g => g.Weight));
        var largest = portable.Max(g => g.Values.Max(Math.Abs));
        foreach (var ((weight, expected), (_, found)) in portable.Zip(fused))
        {
            var scale = Math.Max(expected.Max(Math.Abs), 1e-3 * largest);
            Assert.True(Ort.LargestDifference(expected, found) <= 1e-2 * scale, FormattableString.Invariant($"{weight}: {Ort.LargestDifference(expected, found)} of {scale}"));
        }
    }

    private static List<(string Weight, float[] Values)> Gradients(Model model, bool portable)
    {
        const int Samples = 6;
        var shape = model.Graph.Inputs.First(i => i.Initializer is null).Type!.Shape!.Skip(1).Select(d => d.Size!.Value).ToArray();
        var graph = TrainingGraph.Build(model, shape, null, new TrainingLoss(), portable);
        var state = new TrainingState(graph, model);
        using var session = TrainingSession.Open(Ort.Library, state, new OptimiserSettings { Momentum = 0 }, new() { Threads = 2 });
        var random = new Random(3);
        var images = new float[Samples * Tensor.CountOf(shape)];
        foreach (ref var value in images.AsSpan()) value = (float)(2 * random.NextDouble() - 1);
        session.Step(images, [Samples, .. shape], Enumerable.Range(0, Samples).Select(i => (long)(i % 3)).ToArray(), 1e-3);
        return [.. graph.Weights.Select((w, i) => (w.Name, session.Gradients[i].ToArray()))];
    }
}
