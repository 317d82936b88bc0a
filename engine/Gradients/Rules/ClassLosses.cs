using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>
/// SoftmaxCrossEntropyLoss and NegativeLogLikelihoodLoss: scores or log-probabilities [N,C,d…], labels [N,d…], class weights [C]. A sample counts with the
/// weight of its class, not at all where its label is ignore_index, and the mean is over those weights. Labels get no gradient; weights do.
/// </summary>
internal static class ClassLosses
{
    // dL/dz is p_j, and at the label −Σ of the others: never p − 1, which float32 rounds away where p is near 1.
    internal static Gradient[] SoftmaxCrossEntropy(NodeGradient g)
    {
        var (e, scores, gradients) = (g.Emit, g.In(0), g.NoneAtAll());
        var p = g.Wants(0) ? e.Add("Softmax", [scores], NodeAttribute.Of("axis", 1L)) : null;
        var parts = new List<Value>();
        if (g.OutputAt(0) is { } dLoss)
        {
            var labels = new Labels(g, dLoss);
            if (p is not null)
            {
                var others = e.Neg(e.ReduceSum(e.Where(labels.Hot, e.Scalar(0, p), p), [1], keep: true));
                parts.Add(e.Mul(labels.Factor(), e.Where(labels.Hot, others, p)));
            }

            if (g.Wants(2)) gradients[2] = labels.WeightGradient(g.Out(1));
        }

        if (p is not null && g.OutputAt(1) is { } dLog) parts.Add(Softmax.OfLog(e, p, dLog, 1));
        if (parts.Count > 0) gradients[0] = parts.Count == 1 ? parts[0] : e.Add(parts[0], parts[1]);
        return gradients;
    }

    internal static Gradient[] NegativeLogLikelihood(NodeGradient g)
    {
        var (e, gradients, labels) = (g.Emit, g.NoneAtAll(), new Labels(g, g.Output));
        gradients[0] = g.For(0, () => e.Masked(labels.Hot, e.Neg(labels.Factor())));
        if (g.Wants(2)) gradients[2] = labels.WeightGradient(g.In(0));
        return gradients;
    }

    /// <summary>The labels of one loss node against its classes, and what a sample's −log p counts for: shapes [N,C,d…] and [N,1,d…].</summary>
    private sealed class Labels
    {
        private readonly NodeGradient _g;
        private readonly Emitter _e;
        private readonly Value _labels;
        private readonly Value _dLoss;
        private readonly string _reduction;
        private readonly long[] _perClass;
        private readonly Value? _ignored;
        private Value? _counted;

        internal Labels(NodeGradient g, Value dLoss)
        {
            (_g, _e, _dLoss, _reduction) = (g, g.Emit, dLoss, g.Node.Text("reduction", "mean"));
            var (rank, classes) = (_e.RankOf(g.In(0)), _e.SizeOf(g.In(0), 1));
            _perClass = [classes, .. Enumerable.Repeat(1L, rank - 2)];
            _labels = _e.Add("Unsqueeze", [g.In(1), _e.Ints(1)]);
            var numbers = _e.ElementOf(g.In(1)) == ElementType.Int32
                ? Tensor.From<int>(ElementType.Int32, _perClass, [.. Enumerable.Range(0, (int)classes)])
                : Tensor.From<long>(ElementType.Int64, _perClass, [.. Enumerable.Range(0, (int)classes).Select(c => (long)c)]);
            Hot = _e.Add("Equal", [_labels, _e.Constant(numbers)]);
            if (g.Node.Attribute("ignore_index") is { Value: long ignored }) _ignored = _e.Add("Equal", [_labels, _e.Scalar(ignored, _labels)]);
        }

        /// <summary>True where the class is the label.</summary>
        internal Value Hot { get; }

        /// <summary>The gradient of the loss with respect to every sample's own −log p.</summary>
        internal Value Factor()
        {
            var per = PerSample();
            return Counted() is { } counted ? _e.Mul(counted, per) : per;
        }

        /// <summary>−Σ over samples of the class of dL·log p; for the mean, of (dL/Σw)·(−log p − L).</summary>
        internal Value WeightGradient(Value logs)
        {
            var own = _e.Neg(logs);
            if (_reduction == "mean") own = _e.Sub(own, _g.Out(0));
            var terms = _e.Masked(Hot, _e.Mul(PerSample(), own));
            if (_ignored is not null) terms = _e.Where(_ignored, _e.Scalar(0, terms), terms);
            return _e.ReduceSum(terms, [0, .. Enumerable.Range(2, _perClass.Length - 1).Select(a => (long)a)], keep: false);
        }

        // dL/d(weighted −log p): with no reduction one for every sample.
        private Value PerSample() => _reduction switch
        {
            "none" => _e.Add("Unsqueeze", [_dLoss, _e.Ints(1)]),
            "sum" => _dLoss,
            _ => _e.Div(_dLoss, Counted() is { } counted ? Total(counted) : _e.CastLike(_e.Add("Size", [_labels]), _dLoss)),
        };

        private Value Total(Value counted) => _e.Add("ReduceSum", [counted], NodeAttribute.Of("keepdims", 0L));

        // The weight of every sample; null when each counts 1.
        private Value? Counted()
        {
            if (_counted is not null) return _counted;
            var weight = _g.Node.Input(2) is { } w ? _e.ReduceSum(_e.Masked(Hot, _e.Reshape(w, _perClass)), [1], keep: true) : null;
            if (_ignored is null) return _counted = weight;
            return _counted = _e.Where(_ignored, _e.Scalar(0, _dLoss), weight ?? _e.Scalar(1, _dLoss));
        }
    }
}
