using OnnxAudit.Compression;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Onnx;
using static OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Compression;

public class PatternTests
{
    [Theory]
    [InlineData("2:4")]
    [InlineData("4:8")]
    [InlineData("1:4")]
    [InlineData("3:4")]
    public void Convolutions_KeepTheLargestOfEveryGroupOfInputChannels(string text)
    {
        var pattern = NmPattern.Parse(text);
        var sketch = new Sketch(17, 8, 1, 16, 5, 5);
        var weight = sketch.Weight(3, 16, 3, 2);
        var model = sketch.Ends(sketch.Node("Conv", [sketch.X, weight]));
        Expect(model, weight, pattern, (at, group, m) => at % (3 * 2) + (group * pattern.Of + m) * 6 + at / 6 * 16 * 6, 3 * 6, 16 / pattern.Of);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void LinearLayers_GroupTheirInputs_HoweverTheWeightLies(long transposed, bool behindTranspose)
    {
        var pattern = new NmPattern(2, 4);
        var sketch = new Sketch(17, 8, 1, 12);
        var rowsAreOutputs = transposed == 1 != behindTranspose;
        var weight = rowsAreOutputs ? sketch.Weight(5, 12) : sketch.Weight(12, 5);
        var used = behindTranspose ? sketch.Node("Transpose", [weight]) : weight;
        var model = sketch.Ends(sketch.Node("Gemm", [sketch.X, used], Of("transB", transposed)));
        Expect(model, weight, pattern, (output, group, m) => rowsAreOutputs ? output * 12 + group * 4 + m : (group * 4 + m) * 5 + output, 5, 3);
    }

    [Fact]
    public void EqualWeights_KeepTheLowerChannel()
    {
        var sketch = new Sketch(17, 8, 1, 4);
        var weight = sketch.Constant(Tensor.FromFloats([4, 1], [1, -1, 1, 1]));
        var mask = Masks.Create(sketch.Ends(sketch.Node("MatMul", [sketch.X, weight])), Recipe(new NmPattern(2, 4))).Masks.Single();
        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(i => mask[i]));
    }

    [Fact]
    public void TensorsThatDoNotFit_StayDense_AndAreNamed()
    {
        var sketch = new Sketch(17, 8, 1, 3, 8, 8);
        var (first, second) = (sketch.Weight(8, 3, 3, 3), sketch.Weight(4, 8, 3, 3));
        var model = sketch.Ends(sketch.Node("Conv", [sketch.Node("Conv", [sketch.X, first]), second]));
        var result = Masks.Create(model, Recipe(new NmPattern(2, 4)));
        Assert.Equal([second.Name], result.Masks.Select(m => m.Tensor));
        Assert.Contains($"{first.Name} (3 input channels)", Assert.Single(result.Notes), StringComparison.Ordinal);
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => Masks.Create(model, Recipe(new NmPattern(1, 7)))).Code);
    }

    [Theory]
    [InlineData("4:4")]
    [InlineData("0:4")]
    [InlineData("2")]
    [InlineData("2:4:8")]
    [InlineData("a:b")]
    [InlineData("-1:4")]
    [InlineData("1:65")]
    public void WrongPatterns_AreUsageErrors(string text) => Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => NmPattern.Parse(text)).Code);

    private static MaskRecipe Recipe(NmPattern pattern) => new() { Method = "magnitude", Amount = pattern.Amount, Pattern = pattern };

    /// <summary>Of each group the kept weights are the largest, written out by sorting. index: (place beside the input axis, group, member) to flat index.</summary>
    private static void Expect(Model model, Value weight, NmPattern pattern, Func<int, int, int, int> index, int places, int groups)
    {
        var values = weight.Initializer!.Span<float>().ToArray();
        var mask = Masks.Create(model, Recipe(pattern)).Masks.Single();
        Assert.Equal(values.Length * pattern.Kept / pattern.Of, mask.Kept);
        for (var place = 0; place < places; place++)
            for (var group = 0; group < groups; group++)
            {
                var members = Enumerable.Range(0, pattern.Of).Select(m => index(place, group, m)).ToArray();
                var largest = members.OrderByDescending(i => Math.Abs(values[i])).Take(pattern.Kept).Order();
                Assert.Equal(largest, members.Where(i => mask[i]).Order());
            }
    }
}
