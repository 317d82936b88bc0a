using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>
/// x̂ = (x − mean)/√(var + ε) over some axes, with the population variance: what batch, layer, instance and group normalisation share. Computed anew rather
/// than taken from the forward node, which scales it or leaves the statistics out; half-precision inputs are widened, as forward kernels do.
/// </summary>
internal sealed class Standardised
{
    private readonly Emitter _emit;
    private readonly Value _x;
    private readonly long[] _axes;
    private readonly float _epsilon;
    private Value? _centred, _deviation, _value;

    internal Standardised(Emitter emit, Value x, long[] axes, float epsilon) => (_emit, _x, _axes, _epsilon) = (emit, x, axes, epsilon);

    /// <summary>x̂, in the element type of x.</summary>
    internal Value Value => _emit.CastLike(Wide, _x);

    /// <summary>√(var + ε), with the reduced axes kept as 1.</summary>
    internal Value Deviation => _deviation ??= _emit.Add("Sqrt", [_emit.Add(Mean(_emit.Mul(Centred, Centred)), _epsilon)]);

    private Value Centred
    {
        get
        {
            if (_centred is not null) return _centred;
            var wide = Widened(_x);
            return _centred = _emit.Sub(wide, Mean(wide));
        }
    }

    private Value Wide => _value ??= _emit.Div(Centred, Deviation);

    /// <summary>
    /// dx from dx̂ (null: none), and from the gradients of the mean, of 1/√(var + ε) and of var where these are used themselves:
    /// dx = (dx̂ − mean(dx̂) − x̂·mean(dx̂·x̂))/√(var + ε).
    /// </summary>
    internal Value Back(Value? dUnit, Value? dMean = null, Value? dInverse = null, Value? dVariance = null)
    {
        Value? dx = null;
        if (dUnit is not null)
        {
            var wide = Widened(dUnit);
            var along = _emit.Mul(Wide, Mean(_emit.Mul(wide, Wide)));
            dx = _emit.Div(_emit.Sub(_emit.Sub(wide, Mean(wide)), along), Deviation);
        }

        if (dMean is not null) Take(Shared(Widened(dMean)));
        if (dInverse is not null) Take(_emit.Neg(_emit.Mul(Wide, Shared(_emit.Div(Widened(dInverse), _emit.Mul(Deviation, Deviation))))));
        if (dVariance is not null) Take(_emit.Mul(_emit.Mul(Centred, 2), Shared(Widened(dVariance))));
        return _emit.CastLike(dx ?? throw new InvalidOperationException("no output has a gradient"), _x);

        void Take(Value part) => dx = dx is null ? part : _emit.Add(dx, part);
    }

    // One element's share of a mean is 1/count.
    private Value Shared(Value gradient)
    {
        var count = _emit.Add("ReduceSum", [_emit.ExpandLike(_emit.Scalar(1, gradient), _x), _emit.Ints(_axes)], NodeAttribute.Of("keepdims", 1L));
        return _emit.ExpandLike(_emit.Div(gradient, count), _x);
    }

    private Value Mean(Value value) => _emit.ReduceMean(value, _axes, keep: true);

    private Value Widened(Value value) => _emit.ElementOf(value) is ElementType.Float16 or ElementType.BFloat16
        ? _emit.Add("Cast", [value], NodeAttribute.Of("to", (long)ElementType.Float))
        : value;
}
