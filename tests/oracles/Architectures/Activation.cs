using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>An activation as exporters write it.</summary>
/// <param name="Power">Its output's second moment for standard normal input, to suit the next batch-norm's statistics.</param>
/// <param name="Apply">Adds its nodes.</param>
internal sealed record Activation(double Power, Func<NetBuilder, Value, Value> Apply)
{
    public static Activation Relu { get; } = new(0.5, (net, x) => net.Node("Relu", [x]));

    public static Activation Relu6 { get; } = new(0.5, (net, x) => net.Node("Clip", [x, net.Scalar(0), net.Scalar(6)]));

    public static Activation Sigmoid { get; } = new(0.3, (net, x) => net.Node("Sigmoid", [x]));

    public static Activation HardSigmoid { get; } =
        new(0.3, (net, x) => net.Node("HardSigmoid", [x], NodeAttribute.Of("alpha", 1f / 6), NodeAttribute.Of("beta", 0.5f)));

    /// <summary>x·sigmoid(x), also called SiLU.</summary>
    public static Activation Swish { get; } = new(0.36, (net, x) => net.Node("Mul", [x, net.Node("Sigmoid", [x])]));

    /// <summary>x·min(max(x/6 + ½, 0), 1); an operator of its own from set 14 on.</summary>
    public static Activation HardSwish { get; } =
        new(0.34, (net, x) => net.Opset >= 14 ? net.Node("HardSwish", [x]) : net.Node("Mul", [x, HardSigmoid.Apply(net, x)]));

    /// <summary>½·x·(1 + erf(x/√2)): no operator of its own before set 20.</summary>
    public static Activation Gelu { get; } = new(0.43, (net, x) =>
    {
        var erf = net.Node("Erf", [net.Node("Div", [x, net.Scalar(MathF.Sqrt(2))])]);
        return net.Node("Mul", [net.Node("Mul", [x, net.Node("Add", [erf, net.Scalar(1)])]), net.Scalar(0.5f)]);
    });
}
