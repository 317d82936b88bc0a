namespace OnnxAudit.Compression.Quantisation;

/// <summary>
/// The split of weighted points on a line into k runs with the least squared distance to the runs' means: D_c(j) = min over i of D_(c−1)(i) + cost(i, j), whose best i does not
/// fall as j grows, so that each of k rounds takes n·log n. Sources: Wang and Song, Ckmeans.1d.dp, R Journal 3/2, 2011; Grønlund et al. 2017, arXiv:1701.07204, §2.
/// </summary>
internal sealed class OptimalPartition
{
    private readonly double[] _weight;
    private readonly double[] _first;
    private readonly double[] _second;
    private readonly int[] _choices;
    private readonly int _points;
    private double[] _before;
    private double[] _now;
    private int _round;

    private OptimalPartition(double[] points, double[] weights, int parts)
    {
        _points = points.Length;
        (_weight, _first, _second) = (new double[_points + 1], new double[_points + 1], new double[_points + 1]);
        (_before, _now) = (new double[_points + 1], new double[_points + 1]);
        _choices = new int[parts * (_points + 1)];
        // About the mean, so that the squares keep their digits.
        double sum = 0, all = 0;
        for (var i = 0; i < _points; i++) (sum, all) = (sum + points[i] * weights[i], all + weights[i]);
        var mean = sum / all;
        for (var i = 0; i < _points; i++)
        {
            var (x, w) = (points[i] - mean, weights[i]);
            (_weight[i + 1], _first[i + 1], _second[i + 1]) = (_weight[i] + w, _first[i] + w * x, _second[i] + w * x * x);
        }
    }

    /// <summary>First point of each part, ascending from 0. points: ascending; weights: above 0; parts: 1 … points.</summary>
    public static int[] Of(double[] points, double[] weights, int parts)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, points.Length);
        if (parts < 1 || parts > points.Length) throw new ArgumentOutOfRangeException(nameof(parts));
        var partition = new OptimalPartition(points, weights, parts);
        return partition.Starts(parts);
    }

    private int[] Starts(int parts)
    {
        for (var j = 1; j <= _points; j++) _before[j] = Cost(0, j);
        for (_round = 1; _round < parts; _round++)
        {
            Fill(_round + 1, _points, _round, _points - 1);
            (_before, _now) = (_now, _before);
        }

        var starts = new int[parts];
        for (int part = parts - 1, end = _points; part > 0; part--) starts[part] = end = _choices[part * (_points + 1) + end];
        return starts;
    }

    // Ends from…to, whose best starts lie in low…high: the middle one first, which bounds those of both halves.
    private void Fill(int from, int to, int low, int high)
    {
        if (from > to) return;
        var middle = (from + to) >>> 1;
        var (best, least) = (-1, double.PositiveInfinity);
        for (var start = low; start <= Math.Min(high, middle - 1); start++)
        {
            var error = _before[start] + Cost(start, middle);
            if (error < least) (best, least) = (start, error);
        }

        _now[middle] = least;
        _choices[_round * (_points + 1) + middle] = best;
        Fill(from, middle - 1, low, best);
        Fill(middle + 1, to, best, high);
    }

    private double Cost(int from, int to)
    {
        var first = _first[to] - _first[from];
        return Math.Max(0, _second[to] - _second[from] - first * first / (_weight[to] - _weight[from]));
    }
}
