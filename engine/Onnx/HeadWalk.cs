using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// The way back from one value to the linear map behind it, through operators that leave the class scores what they are: softmax, reshaping,
/// casts, quantisation, constant arithmetic per class and, for a convolution, average pooling.
/// </summary>
internal sealed class HeadWalk
{
    private readonly Value _from;
    private readonly ScoreTail _tail = new();
    private readonly List<long[]> _shapes = [];
    private Value _at;
    private Value _logits;
    private string? _softmax;
    private Node? _pool;
    private int? _averagedAxes;
    private bool _classesFirst;
    private bool _permuted;
    private bool _reshaped;

    public HeadWalk(Value from) => _from = _at = _logits = from;

    /// <summary>The node reached; null when the walk ran into an input or initializer.</summary>
    public Node? Reached { get; private set; }

    /// <summary>Walks; the head, or why there is none.</summary>
    public (ClassifierHead? Head, string Reason) Run()
    {
        while (_at.Producer is { } node)
        {
            Reached = node;
            if (LinearMaps.IsKnown(node)) return Judge(node, LinearMaps.Read(node));
            if (IntegerProduct.Find(node) is var (product, read)) return Judge(Reached = product, read);
            if (Step(node) is { } reason) return (null, reason);
        }

        Reached = null;
        return (null, "no linear operator on the way");
    }

    // Null when the walk goes on from a new value; otherwise why it ends.
    private string? Step(Node node)
    {
        if (node.Output(0) != _at) return $"'{_at}' is not its main output";
        if (node.Domain is not ("" or "ai.onnx" or "com.microsoft")) return $"operator {node.Domain}::{node.OpType} is not known";
        switch (node.OpType)
        {
            case "Softmax" or "LogSoftmax": return Softmax(node);
            case "Identity" or "Dropout" or "Cast" or "QuantizeLinear" or "DequantizeLinear": return On(node, 0);
            case "Squeeze" or "Unsqueeze":
                _reshaped = true;
                return On(node, 0);
            case "Flatten":
                _reshaped = true;
                return node.Int("axis", 1) is 1 or -1 ? On(node, 0) : "it flattens the samples together";
            case "Reshape":
                _reshaped = true;
                if ((Constants.Resolve(node.Input(1)) is { Type: ElementType.Int64 } shape ? shape.Span<long>().ToArray()
                    : node.Ints("shape")) is { } dims)
                    _shapes.Add(dims);
                return On(node, 0);
            case "Transpose": return Transpose(node);
            case "Add" or "Sub" or "Mul" or "Div": return Arithmetic(node);
            case "QLinearAdd": return QuantisedAdd(node);
            case "BatchNormalization":
                if (_classesFirst || !_tail.Normalise(node)) return "its statistics are computed";
                return On(node, 0);
            case "GlobalAveragePool" or "ReduceMean" or "AveragePool" or "QLinearGlobalAveragePool": return Pool(node);
            case "GlobalMaxPool" or "MaxPool" or "ReduceMax": return "maximum pooling of scores is not linear";
            default:
                return _pool is null ? $"{node.OpType} stands between the last linear map and the scores"
                    : $"{node.OpType} stands between the convolution and the pooling, so the scores are not a linear map of pooled features";
        }
    }

    private string? On(Node node, int input)
    {
        if (node.Input(input) is not { } next) return "its input is missing";
        _at = next;
        return null;
    }

    private string? Softmax(Node node)
    {
        if (_softmax is not null) return "a second softmax";
        if (!_tail.IsEmpty || _pool is not null) return "arithmetic or pooling after a softmax";
        if (node.Int("axis", -1) is not (1 or -1) and var axis && axis != node.Input(0)?.Type?.Shape?.Count - 1)
            return FormattableString.Invariant($"a softmax over axis {axis}, not over the classes");
        _softmax = node.OpType;
        _classesFirst = false;
        _shapes.Clear();
        _logits = node.Input(0) ?? _logits;
        return On(node, 0);
    }

    private string? Transpose(Node node)
    {
        var perm = node.Ints("perm");
        if (perm is null or [1, 0])
        {
            if (perm is null && node.Output(0)?.Type?.Shape is { Count: not 2 }) return "it reverses more than two axes";
            _classesFirst = !_classesFirst;
            return On(node, 0);
        }

        if (perm is not [0, ..] || _pool is not null) return "it moves the samples or the map's axes";
        _permuted = true;
        return On(node, 0);
    }

    private string? Arithmetic(Node node)
    {
        var (a, b) = (Constants.Resolve(node.Input(0)), Constants.Resolve(node.Input(1)));
        if (a is not null && node.OpType is "Sub" or "Div" && b is null) return "a constant less or over the scores";
        var constant = b ?? a;
        if (constant is null) return $"{node.OpType} of two computed values";
        if (!Resolution.IsReal(constant.Type)) return $"a constant of {constant.Type}";
        if (node.OpType is "Add" or "Sub") _tail.Add(node, constant, _classesFirst, node.OpType == "Sub" ? -1 : 1);
        else _tail.Multiply(node, constant, _classesFirst, node.OpType == "Div");
        return On(node, b is null ? 1 : 0);
    }

    // A, A_scale, A_zero, B, B_scale, B_zero, C_scale, C_zero.
    private string? QuantisedAdd(Node node)
    {
        for (var at = 3; at >= 0; at -= 3)
        {
            if (Constants.Resolve(node.Input(at)) is not { } x || Constants.Resolve(node.Input(at + 1)) is not { } scale) continue;
            if (Dequantisation.Apply(x, scale, Constants.Resolve(node.Input(at + 2)), 0) is not { } c) return "its scales do not fit";
            _tail.Add(node, c, _classesFirst);
            return On(node, 3 - at);
        }

        return "QLinearAdd of two computed values";
    }

    private string? Pool(Node node)
    {
        if (_pool is not null) return "a second pooling";
        if (_permuted || _classesFirst) return "pooling of a transposed map";
        if (node.OpType == "ReduceMean")
        {
            if (MapFacts.AveragedAxes(node) is not { } axes) return "it averages over other axes than a map's positions";
            _averagedAxes = axes;
        }
        else if (node.OpType == "AveragePool" && !MapFacts.CoversMap(node)) return "it averages over windows, or over a map of unknown size";
        else if (node.Int("channels_last", 0) != 0) return "it pools a channels-last map";

        _pool = node;
        return On(node, 0);
    }

    private (ClassifierHead? Head, string Reason) Judge(Node node, LinearJudgement judged)
    {
        if (judged.Map is { } found) judged = _tail.ApplyTo(found);
        if (judged.Map is not { } map) return (null, judged.Reason);
        if (map.Kernel is null && _pool is not null) return (null, $"{node.OpType} before pooling is not a classifier of pooled features");
        if (map.OutputTransposed != _classesFirst)
            return (null, map.OutputTransposed ? "its scores come out with classes as rows" : "its scores are transposed");
        if (map.Rows < 2) return (null, FormattableString.Invariant($"it has {map.Rows} output, not one per class"));
        if (map.Kernel is not null && WhyNotOneCell(node, map) is { } reason) return (null, reason);
        if (_shapes.Find(s => MapFacts.PerSample(s) is { } scores && scores != map.Rows) is { } shape)
            return (null, FormattableString.Invariant($"its {map.Rows} scores are reshaped to [{string.Join(',', shape)}]"));
        if (_logits.Type?.Shape is { } dims && MapFacts.PerSample([.. dims.Select(d => d.Size ?? 0)]) is { } outputs && outputs != map.Rows)
            return (null, FormattableString.Invariant($"it has {map.Rows} outputs, but the scores are {_logits.Type}"));
        return (Build(node, map), "");
    }

    private string? WhyNotOneCell(Node node, LinearMap map)
    {
        var one = map.Kernel!.All(k => k == 1);
        if (_pool is not null)
        {
            if (_averagedAxes is { } axes && axes != map.Kernel!.Length) return "it is averaged over some of the map's axes only";
            if (!one) return $"a {string.Join('×', map.Kernel!)} convolution before pooling";
            return map.IsPadded || map.IsStrided ? "a padded or strided convolution before pooling" : null;
        }

        if (map.IsPadded) return "a padded convolution";
        if (!one)
            return MapFacts.HasSize(map.Input, map.Kernel!) ? null
                : $"a {string.Join('×', map.Kernel!)} convolution over a map of another or unknown size";
        if (MapFacts.IsOneCell(map.Input, map.Kernel!.Length) || MapFacts.IsOneCell(node.Output(0)!, map.Kernel!.Length)) return null;
        var told = _reshaped && _from.Type?.Shape is { Count: 2 } shape && shape[1].Size == map.Rows;
        return told || _shapes.Exists(s => MapFacts.PerSample(s) == map.Rows) ? null : "a 1×1 convolution over a map of unknown size";
    }

    private ClassifierHead Build(Node node, LinearMap map) => new()
    {
        ClassCount = map.Rows,
        FeatureCount = map.Columns,
        Weights = map.Weights,
        Bias = map.Bias,
        Node = node,
        Features = map.Input.Name,
        Logits = _logits.Name,
        Kind = map.Kernel is null ? map.Kind : $"{map.Kind} {string.Join('×', map.Kernel)}{(_pool is null ? "" : " before pooling")}",
        ScoresAreProbabilities = _softmax == "Softmax",
        Exposure = new HeadExposure(map.Input, _logits, map.InputForm, map.InputTransposed, _pool is not null, FeatureShape(map)),
    };

    // Stated only where the operators leave no doubt about the rank.
    private Dim[]? FeatureShape(LinearMap map)
    {
        if (_pool is not null) return [default, map.Columns, .. map.Kernel!.Select(_ => (Dim)1)];
        return map.Kind is "Gemm" or "QGemm" ? [default, map.Columns] : null;
    }
}
