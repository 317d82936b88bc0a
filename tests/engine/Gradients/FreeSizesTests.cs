using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients;

/// <summary>
/// One gradient graph made for free sizes gives, at every size, what a graph made for that size gives, weight gradients included. 1e-6: where counts of
/// averaged elements are known, their reciprocals are float32 constants; the sums are the same sums of doubles.
/// </summary>
public class FreeSizesTests
{
    private static readonly string[] Families =
        ["Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "BatchNormalization", "InstanceNormalization", "LayerNormalization", "GroupNormalization", "LRN"];

    // Windows whose place depends on the input's size, by auto_pad or ceil_mode at a stride, ask for that size.
    private static readonly string[] SizeBound = ["SAME", "ceil", "output shape"];

    private static readonly Dictionary<string, GradientExample> ByName =
        GradientExamples.All.Where(e => Families.Contains(e.Op) && e.Case != "all axes").ToDictionary(e => e.Name, StringComparer.Ordinal);

    public static TheoryData<string> Batched => [.. ByName.Keys];

    public static TheoryData<string> Spatial => [.. ByName.Values.Where(e => e.Op != "LayerNormalization" && !SizeBound.Any(e.Case.Contains)).Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Batched))]
    public void Gradient_OfAFreeBatch_ServesOneAndThreeSamples(string name)
    {
        var free = new Gradients(ByName[name], ByName[name].Inputs[0].Value, axis => axis == 0);
        foreach (var samples in (long[])[1, 3]) Agree(name, free, x => [samples, .. x.Dims[1..]]);
    }

    [Theory]
    [MemberData(nameof(Spatial))]
    public void Gradient_OfFreeBatchAndSpace_ServesSeveralSizes(string name)
    {
        var free = new Gradients(ByName[name], ByName[name].Inputs[0].Value, axis => axis != 1);
        foreach (var more in (long[])[0, 1, 2]) Agree(name, free, x => [2, x.Dims[1], .. x.Dims[2..].Select(d => d + more)]);
    }

    private static void Agree(string name, Gradients free, Func<Float64Tensor, long[]> dims)
    {
        var example = ByName[name];
        var x = Float64Tensor.Random(7, dims(example.Inputs[0].Value));
        var expected = new Gradients(example, x, _ => false).At(x);
        var actual = free.At(x);
        for (var i = 0; i < expected.Length; i++) Agreement.Holds(actual[i], expected[i], 1e-6, $"{name} at [{string.Join(',', x.Dims)}], gradient {i}");
    }

    /// <summary>The gradients of Σy²/2 with respect to every float input, in a graph where some sizes of the first are symbols.</summary>
    private sealed class Gradients
    {
        private readonly Graph _graph;
        private readonly string[] _gradients;
        private readonly Dictionary<string, Float64Tensor> _feeds;
        private readonly string _first;

        internal Gradients(GradientExample example, Float64Tensor x, Func<int, bool> isFree)
        {
            var (model, feeds) = (example with { Inputs = [(example.Inputs[0].Name, x), .. example.Inputs[1..]] }).Model();
            (_graph, _feeds, _first) = (model.Graph, feeds, example.Inputs[0].Name);
            var input = _graph.Find(_first)!;
            input.Type = input.Type! with { Shape = [.. input.Type.Shape!.Select((d, axis) => isFree(axis) ? new Dim(null, axis == 0 ? "batch" : $"size{axis}") : d)] };
            foreach (var output in _graph.Outputs) output.Type = output.Type! with { Shape = null };
            var emit = new Emitter(_graph, ShapeFacts.Of(_graph), example.Name, "loss");
            var losses = _graph.Outputs.Where(y => emit.ElementOf(y) == ElementType.Float)
                .Select(y => emit.ReduceSum(emit.Mul(emit.Mul(y, y), 0.5), [.. Enumerable.Range(0, emit.RankOf(y)).Select(i => (long)i)], keep: false)).ToArray();
            var with = _graph.Inputs.ToArray();
            _gradients = [.. ReverseMode.Differentiate(emit, losses.Length == 1 ? losses[0] : emit.Add("Sum", [.. losses]), with).OfType<Value>().Select(g => g.Name)];
        }

        internal Float64Tensor[] At(Float64Tensor x)
        {
            var values = Float64Evaluator.Run(_graph, new Dictionary<string, Float64Tensor>(_feeds) { [_first] = x }, _gradients);
            return [.. _gradients.Select(g => values[g])];
        }
    }
}
