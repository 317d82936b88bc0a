using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// The arithmetic met on the way back from the scores to the linear map: z' = k∘z + c per class, several of them, the last in the graph first.
/// </summary>
internal sealed class ScoreTail
{
    private readonly List<(float[]? Factor, float[]? Shift, bool ClassesFirst, string Place, long[] Dims)> _steps = [];

    /// <summary>Forgets what was met: the scores of interest come before it.</summary>
    public void Clear() => _steps.Clear();

    /// <summary>Whether anything was met.</summary>
    public bool IsEmpty => _steps.Count == 0;

    /// <summary>Notes z' = z + c.</summary>
    public void Add(Node node, Tensor c, bool classesFirst, float sign = 1) =>
        _steps.Add((null, Times(c, sign), classesFirst, node.ToString(), c.Dims.ToArray()));

    /// <summary>Notes z' = k∘z.</summary>
    public void Multiply(Node node, Tensor k, bool classesFirst, bool divide = false)
    {
        var factor = k.ToFloats();
        if (divide)
            for (var i = 0; i < factor.Length; i++) factor[i] = 1 / factor[i];
        _steps.Add((factor, null, classesFirst, node.ToString(), k.Dims.ToArray()));
    }

    /// <summary>Notes a batch normalisation with constant statistics: k = scale/√(variance + ε), c = bias − mean·k. False when they are computed.</summary>
    public bool Normalise(Node node)
    {
        var parts = new float[4][];
        for (var i = 0; i < 4; i++)
        {
            if (Constants.Resolve(node.Input(i + 1)) is not { } tensor || !Resolution.IsReal(tensor.Type)) return false;
            parts[i] = tensor.ToFloats();
            if (parts[i].Length != parts[0].Length) return false;
        }

        var (factor, shift) = (new float[parts[0].Length], new float[parts[0].Length]);
        for (var i = 0; i < factor.Length; i++)
        {
            factor[i] = (float)(parts[0][i] / Math.Sqrt(parts[3][i] + (double)node.Float("epsilon", 1e-5f)));
            shift[i] = parts[1][i] - parts[2][i] * factor[i];
        }

        _steps.Add((factor, shift, false, node.ToString(), [factor.Length]));
        return true;
    }

    /// <summary>The map with everything met applied to it, or why that does not fit.</summary>
    public LinearJudgement ApplyTo(LinearMap map)
    {
        var weights = _steps.Exists(s => s.Factor is not null) ? [.. map.Weights] : map.Weights;
        var bias = map.Bias is null ? null : (float[])[.. map.Bias];
        for (var i = _steps.Count - 1; i >= 0; i--)
        {
            var (factor, shift, classesFirst, place, dims) = _steps[i];
            if (!Fits(dims, map, classesFirst))
                return $"{place} after it has a constant of shape [{string.Join(',', dims)}], not one number per class";
            for (var row = 0; row < map.Rows; row++)
            {
                if (factor is not null)
                {
                    var k = factor[factor.Length == 1 ? 0 : row];
                    foreach (ref var w in weights.AsSpan(row * map.Columns, map.Columns)) w *= k;
                    if (bias is not null) bias[row] *= k;
                }

                if (shift is not null) (bias ??= new float[map.Rows])[row] += shift[shift.Length == 1 ? 0 : row];
            }
        }

        return map with { Weights = weights, Bias = bias };
    }

    // One number, or C of them along one axis. Of two axes the class axis is known; with trailing ones (maps) only the count is.
    private static bool Fits(long[] dims, LinearMap map, bool classesFirst)
    {
        var wide = Enumerable.Range(0, dims.Length).Where(d => dims[d] != 1).ToArray();
        if (wide.Length == 0) return true;
        if (wide.Length > 1 || dims[wide[0]] != map.Rows) return false;
        return map.Kernel is not null || wide[0] == dims.Length - (classesFirst ? 2 : 1);
    }

    private static float[] Times(Tensor tensor, float sign)
    {
        var values = tensor.ToFloats();
        if (sign != 1) System.Numerics.Tensors.TensorPrimitives.Multiply(values, sign, values);
        return values;
    }
}
