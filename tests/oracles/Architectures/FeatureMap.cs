using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>
/// A batch of square feature maps; each call adds layers and answers what they make. <paramref name="Power"/> estimates the second moment of
/// the elements, so that the statistics a batch-norm is given suit what arrives there, as they do in a trained network.
/// </summary>
internal sealed record FeatureMap(NetBuilder Net, Value Value, int Channels, int Side, double Power)
{
    /// <summary>A convolution of square kernels, padded to keep the side at stride 1; He initialisation.</summary>
    public FeatureMap Conv(string name, int filters, int kernel, int stride = 1, int groups = 1, bool bias = false, int? pad = null) =>
        Conv(name, filters, (kernel, kernel), stride, groups, bias, pad is { } p ? (p, p) : null);

    /// <summary>A convolution of kernels of height and width of their own.</summary>
    public FeatureMap Conv(string name, int filters, (int H, int W) kernel, int stride = 1, int groups = 1, bool bias = false, (int H, int W)? pad = null)
    {
        var (padH, padW) = pad ?? ((kernel.H - 1) / 2, (kernel.W - 1) / 2);
        var fan = Channels / groups * kernel.H * kernel.W;
        var weight = Net.Normal($"{name}.weight", Math.Sqrt(2.0 / fan), filters, Channels / groups, kernel.H, kernel.W);
        var value = Net.Node("Conv", bias ? [Value, weight, Net.Normal($"{name}.bias", 0.05, filters)] : [Value, weight],
            NodeAttribute.Of("kernel_shape", [kernel.H, kernel.W]), NodeAttribute.Of("strides", [stride, stride]), NodeAttribute.Of("dilations", [1L, 1]),
            NodeAttribute.Of("group", (long)groups), NodeAttribute.Of("pads", [padH, padW, padH, padW]));
        var inside = Inside(kernel.H, stride, padH) * Inside(kernel.W, stride, padW);
        return this with { Value = value, Channels = filters, Side = (Side + 2 * padH - kernel.H) / stride + 1, Power = 2 * inside * Power };
    }

    /// <summary>
    /// Batch normalisation in inference form, its statistics near those of what arrives. Training leaves the scales around 1, and smaller ones
    /// (<paramref name="scale"/>) where a residual branch ends.
    /// </summary>
    public FeatureMap Bn(string name, double scale = 1)
    {
        var value = Net.Node("BatchNormalization",
        [
            Value, Net.Uniform($"{name}.weight", 0.7 * scale, 1.3 * scale, Channels), Net.Normal($"{name}.bias", 0.2 * scale, Channels),
            Net.Normal($"{name}.running_mean", 0.2 * Math.Sqrt(Power), Channels), Net.Uniform($"{name}.running_var", 0.7 * Power, 1.3 * Power, Channels),
        ], NodeAttribute.Of("epsilon", 1e-5f));
        return this with { Value = value, Power = 1.1 * scale * scale };
    }

    public FeatureMap Then(Activation activation) => this with { Value = activation.Apply(Net, Value), Power = activation.Power * Power };

    public FeatureMap Relu() => Then(Activation.Relu);

    /// <summary>Convolution, batch normalisation and activation, the commonest layer; the two are named apart.</summary>
    public FeatureMap ConvBn(string conv, string bn, int filters, int kernel, int stride = 1, int groups = 1, Activation? then = null, double scale = 1)
    {
        var map = Conv(conv, filters, kernel, stride, groups).Bn(bn, scale);
        return then is null ? map : map.Then(then);
    }

    public FeatureMap MaxPool(int kernel, int stride, int pad = 0, bool ceil = false) => this with
    {
        Value = Net.Node("MaxPool", [Value], [.. Window(kernel, stride, pad), NodeAttribute.Of("ceil_mode", ceil ? 1L : 0L)]),
        Side = (Side + 2 * pad - kernel + (ceil ? stride - 1 : 0)) / stride + 1,
        Power = 1.5 * Power,
    };

    /// <summary>Average pooling that counts the padding, PyTorch's default.</summary>
    public FeatureMap AveragePool(int kernel, int stride, int pad = 0) => this with
    {
        Value = Net.Node("AveragePool", [Value], [.. Window(kernel, stride, pad), NodeAttribute.Of("count_include_pad", 1L)]),
        Side = (Side + 2 * pad - kernel) / stride + 1,
        Power = 0.7 * Power,
    };

    public FeatureMap GlobalPool() => this with { Value = Net.Node("GlobalAveragePool", [Value]), Side = 1, Power = 0.6 * Power };

    public FeatureMap Add(FeatureMap other) => this with { Value = Net.Node("Add", [Value, other.Value]), Power = Power + other.Power };

    /// <summary>
    /// The end of a residual block: this branch added to what went <paramref name="straight"/>, then ReLU, which halves the second moment of what is
    /// symmetric about 0 and leaves that of a positive map nearly whole.
    /// </summary>
    public FeatureMap AddThenRelu(FeatureMap straight, bool isPositive) =>
        Add(straight).Relu() with { Power = Power / 2 + straight.Power * (isPositive ? 1 : 0.5) };

    /// <summary>Maps side by side along the channels.</summary>
    public static FeatureMap Concat(params FeatureMap[] maps) => maps[0] with
    {
        Value = maps[0].Net.Node("Concat", [.. maps.Select(m => m.Value)], NodeAttribute.Of("axis", 1L)),
        Channels = maps.Sum(m => m.Channels),
        Power = maps.Sum(m => m.Power * m.Channels) / maps.Sum(m => m.Channels),
    };

    /// <summary>The channels' two halves.</summary>
    public (FeatureMap First, FeatureMap Second) Halves()
    {
        var half = Channels / 2;
        var parts = Net.Nodes("Split", [Value, Net.Integers(half, Channels - half)], 2, NodeAttribute.Of("axis", 1L));
        return (this with { Value = parts[0], Channels = half }, this with { Value = parts[1], Channels = Channels - half });
    }

    /// <summary>Deals the channels of <paramref name="groups"/> groups out in turn.</summary>
    public FeatureMap Shuffle(int groups)
    {
        var dealt = Net.Node("Transpose", [Net.Node("Reshape", [Value, Net.Integers(-1, groups, Channels / groups, Side, Side)])],
            NodeAttribute.Of("perm", [0L, 2, 1, 3, 4]));
        return this with { Value = Net.Node("Reshape", [dealt, Net.Integers(-1, Channels, Side, Side)]) };
    }

    /// <summary>Scales every channel by a gate that two 1×1 convolutions compute from the channels' means.</summary>
    public FeatureMap SqueezeExcite(string name, string reduce, string expand, int reduced, Activation inner, Activation gate)
    {
        var scale = GlobalPool().Conv($"{name}.{reduce}", reduced, 1, bias: true).Then(inner).Conv($"{name}.{expand}", Channels, 1, bias: true).Then(gate);
        return this with { Value = Net.Node("Mul", [Value, scale.Value]), Power = 0.3 * Power };
    }

    /// <summary>The maps of a pooled batch as features [batch,channels·side²].</summary>
    public Value Flat() => Net.Node("Flatten", [Value], NodeAttribute.Of("axis", 1L));

    // The share of taps that fall on the image, not on padding: on the one-pixel maps of small images a 5×5 kernel has one tap of 25.
    private double Inside(int kernel, int stride, int pad)
    {
        var (inside, all) = (0, 0);
        for (var at = -pad; at + kernel <= Side + pad; at += stride)
            for (var k = 0; k < kernel; k++, all++)
                if (at + k >= 0 && at + k < Side) inside++;
        return (double)inside / all;
    }

    private static NodeAttribute[] Window(int kernel, int stride, int pad) =>
    [
        NodeAttribute.Of("kernel_shape", [kernel, (long)kernel]), NodeAttribute.Of("strides", [stride, (long)stride]), NodeAttribute.Of("pads", [pad, pad, pad, (long)pad]),
    ];
}
