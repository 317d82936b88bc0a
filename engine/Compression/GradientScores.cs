using System.Numerics.Tensors;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;

namespace OnnxAudit.Compression;

/// <summary>Scores of weights from gradients of the loss over drawn samples, accumulated in float64.</summary>
internal static class GradientScores
{
    private static readonly ArgumentForm<ScoreAccumulateArguments> Form = ScoreAccumulate.Forms.First(f => f.Supported);

    /// <summary>The scores, one per weight and tensor; 0 where the loss does not depend on the weight.</summary>
    /// <param name="model">The model; not changed.</param>
    /// <param name="tensors">What to score.</param>
    /// <param name="method">The score.</param>
    /// <param name="recipe">Samples, probes, seed.</param>
    /// <param name="source">Data and runtime.</param>
    /// <exception cref="AuditException">Invalid: a model that is no float32 classifier, or that cannot be differentiated.</exception>
    public static IReadOnlyList<ReadOnlyMemory<float>> Of(Model model, IReadOnlyList<PrunableTensor> tensors, GradientMethod method, MaskRecipe recipe, GradientSource source)
    {
        using var samples = DatasetDraw.Of(source.Data, recipe.Samples ?? method.Samples, recipe.Seed);
        using var pass = GradientPass.Open(model, tensors, source, samples, method.Needs == Curvature.Hessian);
        var (gradients, curvatures) = (Zeros(tensors), Zeros(tensors));
        switch (method.Needs)
        {
            case Curvature.Fisher:
                pass.OverSamples((t, g) => ScoreAccumulate.Add(Form, ScoreTerm.Square, g, [], curvatures[t]));
                break;
            case Curvature.Hessian:
                var probes = recipe.Probes ?? GradientMethod.DefaultProbes;
                pass.OverProbes(probes, (probe, z) => Draw(tensors, recipe.Seed, probe, z), (t, g) => Add(gradients[t], g),
                    (t, z, product) => ScoreAccumulate.Add(Form, ScoreTerm.Product, product, z, curvatures[t]));
                foreach (var curvature in curvatures) TensorPrimitives.Divide(curvature, probes, curvature);
                break;
            default:
                pass.OverBatches((t, g) => Add(gradients[t], g));
                break;
        }

        return Scored(tensors, gradients, curvatures, samples.Count, method);
    }

    /// <summary>Fair signs that depend on (seed, tensor name, index, probe) alone: no result depends on batches or on what else is scored.</summary>
    internal static void Draw(IReadOnlyList<PrunableTensor> tensors, ulong seed, int probe, float[][] z)
    {
        for (var t = 0; t < tensors.Count; t++)
        {
            var draws = Philox.For(seed, "mask.probe/" + tensors[t].Name);
            var (signs, i) = (z[t], 0);
            for (var block = 0UL; i < signs.Length; block++)
            {
                var (a, b, c, d) = draws.Words(block, (ulong)probe);
                foreach (var word in (ReadOnlySpan<uint>)[a, b, c, d])
                    for (var bit = 0; bit < 32 && i < signs.Length; bit++) signs[i++] = (word >> bit & 1) == 0 ? 1 : -1;
            }
        }
    }

    private static IReadOnlyList<ReadOnlyMemory<float>> Scored(IReadOnlyList<PrunableTensor> tensors, double[][] gradients, double[][] curvatures, int samples, GradientMethod method)
    {
        var scores = new double[tensors.Count][];
        for (var t = 0; t < scores.Length; t++)
        {
            var weights = tensors[t].Tensor.ToFloats();
            scores[t] = new double[weights.Length];
            for (var i = 0; i < weights.Length; i++) scores[t][i] = method.Score(gradients[t][i] / samples, curvatures[t][i] / samples, weights[i]);
        }

        var sum = method.IsShare ? scores.Sum(s => s.Sum()) : 1;
        return [.. scores.Select(s => (ReadOnlyMemory<float>)s.Select(v => sum == 0 ? 0 : (float)(v / sum)).ToArray())];
    }

    private static double[][] Zeros(IReadOnlyList<PrunableTensor> tensors) => [.. tensors.Select(t => new double[t.Tensor.Count])];

    private static void Add(double[] to, ReadOnlySpan<float> gradient)
    {
        for (var i = 0; i < to.Length; i++) to[i] += gradient[i];
    }
}
