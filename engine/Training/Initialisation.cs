using OnnxAudit.Kernels;

namespace OnnxAudit.Training;

/// <summary>What weights start from.</summary>
public enum StartingWeights
{
    /// <summary>Those of the file.</summary>
    File,

    /// <summary>He's normal numbers with the variance 2/fan-out, PyTorch's recipe for ResNets.</summary>
    He,

    /// <summary>He's with 2/fan-in.</summary>
    HeFanIn,
}

/// <summary>
/// Starting values for training from scratch: kernels N(0, 2/fan), matrices U(±1/√fan-in) as PyTorch's Linear, biases and shifts 0, scales of
/// normalisations 1, running means 0 and variances 1. Other tensors (slopes, embeddings) stay as the file has them. A value follows from the seed, the tensor's
/// name and its index. Source: He et al., arXiv:1502.01852.
/// </summary>
internal static class Initialisation
{
    public static void Apply(TrainingState state, StartingWeights start, ulong seed)
    {
        if (start == StartingWeights.File) return;
        foreach (var (i, weight) in state.Graph.Weights.Index())
        {
            var values = state.Weights[i];
            switch (weight.Role)
            {
                case WeightRole.Kernel: Normal(values, Draws(weight.Name, seed), Math.Sqrt(2.0 / (start == StartingWeights.He ? weight.FanOut : weight.FanIn))); break;
                case WeightRole.Matrix: Uniform(values, Draws(weight.Name, seed), 1 / Math.Sqrt(weight.FanIn)); break;
                case WeightRole.Bias or WeightRole.NormShift: values.Clear(); break;
                case WeightRole.NormScale: values.Fill(1); break;
            }
        }

        for (var i = 0; i < state.Statistics.Count; i++) state.Statistics[i].Fill(i % 2);
    }

    /// <summary>N(0, deviation²), after Box and Muller: two normal numbers from two uniform ones of 53 bits.</summary>
    public static void Normal(Span<float> values, Philox draws, double deviation)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var words = draws.Words((ulong)(i / 2), 0);
            var radius = deviation * Math.Sqrt(-2 * Math.Log(1 - Unit(words.A, words.B)));
            var angle = 2 * Math.PI * Unit(words.C, words.D);
            values[i] = (float)(radius * (i % 2 == 0 ? Math.Cos(angle) : Math.Sin(angle)));
        }
    }

    /// <summary>U[−bound, bound).</summary>
    public static void Uniform(Span<float> values, Philox draws, double bound)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var words = draws.Words((ulong)i, 0);
            values[i] = (float)(bound * (2 * Unit(words.A, words.B) - 1));
        }
    }

    private static Philox Draws(string name, ulong seed) => Philox.For(seed, $"train.init {name}");

    // In [0,1).
    private static double Unit(uint high, uint low) => (((ulong)high << 32 | low) >> 11) * (1.0 / (1UL << 53));
}
