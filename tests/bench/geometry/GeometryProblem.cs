using OnnxAudit.Kernels;

namespace OnnxAudit.Bench.Geometry;

/// <summary>Seeded features and class directions of a size, with the norms every contender is given.</summary>
internal sealed class GeometryProblem
{
    internal GeometryProblem(string name, int rows, int features, int classes)
    {
        (Name, Rows, Features, Classes) = (name, rows, features, classes);
        var random = Philox.For(2, name);
        uint at = 0;
        float Next() => Philox.ToUnit(random.Words(at++, 0).A);
        // Features after a ReLU are not negative; weights are of both signs.
        X = [.. Enumerable.Range(0, rows * features).Select(_ => Next())];
        W = [.. Enumerable.Range(0, classes * features).Select(_ => Next() - 0.5f)];
        Reference = [.. Enumerable.Range(0, rows).Select(i => i % classes)];
        InverseNorms = [.. Enumerable.Range(0, classes).Select(j => 1 / Math.Sqrt(SquaredDistance(j, -1)))];
        InversePairNorms = new float[classes * classes];
        for (var i = 0; i < classes; i++)
        {
            for (var j = 0; j < i; j++)
                InversePairNorms[i * classes + j] = InversePairNorms[j * classes + i] = (float)(1 / Math.Sqrt(SquaredDistance(i, j)));
        }
    }

    internal string Name { get; }

    internal int Rows { get; }

    internal int Features { get; }

    internal int Classes { get; }

    /// <summary>Multiplications and additions of the dot products: 2·n·C·m.</summary>
    internal double Operations => 2.0 * Rows * Classes * Features;

    internal float[] X { get; }

    internal float[] W { get; }

    internal int[] Reference { get; }

    internal double[] InverseNorms { get; }

    internal float[] InversePairNorms { get; }

    private double SquaredDistance(int i, int j)
    {
        double sum = 0;
        for (var k = 0; k < Features; k++)
        {
            var difference = W[i * Features + k] - (j < 0 ? 0.0 : W[j * Features + k]);
            sum += difference * difference;
        }

        return sum;
    }
}

/// <summary>What a contender must produce.</summary>
internal sealed class GeometryOutcome(GeometryProblem problem)
{
    internal float[] Angles { get; } = new float[problem.Rows * problem.Classes];

    internal float[] Length { get; } = new float[problem.Rows];

    internal float[] Margin { get; } = new float[problem.Rows];
}
