using System.Numerics.Tensors;

namespace OnnxAudit.Bench.Geometry;

/// <summary>The loop one would write over System.Numerics.Tensors: a float32 dot product per sample and class, no blocking.</summary>
internal static class TensorLibraryContender
{
    internal static void Run(GeometryProblem problem, GeometryOutcome outcome)
    {
        var (m, c) = (problem.Features, problem.Classes);
        var dots = new float[c];
        for (var row = 0; row < problem.Rows; row++)
        {
            var x = problem.X.AsSpan(row * m, m);
            double length = TensorPrimitives.Norm(x);
            outcome.Length[row] = (float)length;
            for (var j = 0; j < c; j++)
            {
                dots[j] = TensorPrimitives.Dot(x, problem.W.AsSpan(j * m, m));
                outcome.Angles[row * c + j] = (float)(Math.Acos(Math.Clamp(dots[j] * problem.InverseNorms[j] / length, -1, 1)) * (180 / Math.PI));
            }

            var own = problem.Reference[row];
            var smallest = float.PositiveInfinity;
            for (var j = 0; j < c; j++)
            {
                if (j != own) smallest = Math.Min(smallest, (dots[own] - dots[j]) * problem.InversePairNorms[own * c + j]);
            }

            outcome.Margin[row] = smallest;
        }
    }
}
