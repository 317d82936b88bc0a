using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients;

/// <summary>Compares tensors element by element.</summary>
internal static class Agreement
{
    /// <summary>Same type, same shape, and every |a − e| ≤ tolerance · max(|e|, largest |e| / 100); NaN and infinities must be the same.</summary>
    public static void Holds(Float64Tensor actual, Float64Tensor expected, double tolerance, string what)
    {
        Assert.True(actual.Type == expected.Type && actual.Dims.SequenceEqual(expected.Dims), $"{what}: {actual}, expected {expected}");
        var largest = expected.Values.Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        for (var i = 0; i < expected.Values.Length; i++)
        {
            var (a, e) = (actual.Values[i], expected.Values[i]);
            var same = a.Equals(e) || Math.Abs(a - e) <= tolerance * Math.Max(Math.Abs(e), largest / 100);
            Assert.True(same, FormattableString.Invariant($"{what}, element {i}: {a:R}, expected {e:R}"));
        }
    }
}
