using OnnxAudit.Kernels;

namespace OnnxAudit.Bench.Geometry;

/// <summary>One form of the geometry kernel on one thread.</summary>
internal static class KernelContender
{
    internal static unsafe void Run(GeometryForm form, GeometryProblem problem, GeometryOutcome outcome, double[] scratch)
    {
        var (n, m, c) = (problem.Rows, problem.Features, problem.Classes);
        fixed (float* x = problem.X, w = problem.W, pairs = problem.InversePairNorms, angles = outcome.Angles, length = outcome.Length, margin = outcome.Margin)
        fixed (double* norms = problem.InverseNorms, work = scratch)
        fixed (int* reference = problem.Reference)
        {
            var arguments = new GeometryArguments
            {
                Rows = n,
                Features = m,
                Classes = c,
                FeatureStride = m,
                WeightStride = m,
                PairRows = c,
                PairStride = c,
                AngleStride = c,
                FeatureRows = x,
                WeightRows = w,
                InverseNorms = norms,
                InversePairNorms = pairs,
                Reference = reference,
                PairRow = reference,
                Scratch = work,
                ScratchLength = scratch.Length,
                Angles = angles,
                Length = length,
                Margin = margin,
            };
            form.Run(ref arguments);
        }
    }
}
