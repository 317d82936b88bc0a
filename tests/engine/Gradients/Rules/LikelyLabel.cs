using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients.Rules;

/// <summary>The gradient of −log p of class 0 with respect to the scores of one sample, where p is about 1 − 1e-9.</summary>
internal static class LikelyLabel
{
    public static void Holds(Float64Tensor gradient, Float64Tensor scores)
    {
        var others = scores.Values.Select(z => Math.Exp(z - scores.Values[0])).Skip(1).ToArray();
        var (sum, all) = (others.Sum(), 1 + others.Sum());
        Assert.InRange(sum, 5e-10, 5e-9);
        Assert.InRange(gradient.Values[0] / (-sum / all), 1 - 1e-5, 1 + 1e-5);
        for (var i = 0; i < others.Length; i++) Assert.InRange(gradient.Values[i + 1] / (others[i] / all), 1 - 1e-5, 1 + 1e-5);
    }
}
