using System.Text.Json;
using OnnxAudit.Comparison.Layers;
using OnnxAudit.Files;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Comparison.Layers;

/// <summary>Layers of two models side by side.</summary>
public class LayerComparisonTests
{
    private static readonly LayerSettings Settings = new() { Threads = 2 };

    [Fact]
    public void Zeros_AreCountedInBothAndInEither()
    {
        var (first, second) = (LayerModels.Net(1, zeros: 1), LayerModels.Net(1, zeros: 2));
        var weight = LayerComparison.Of(first, second, Settings).Weights[1];
        var (a, b) = (Values(first, "fc.weight"), Values(second, "fc.weight"));
        Assert.Equal((a.Count(v => v == 0), b.Count(v => v == 0)), (weight.Zeros, weight.OtherZeros));
        Assert.Equal(a.Zip(b).Count(p => p is (0, 0)), weight.Change!.ZeroInBoth);
        Assert.Equal(0, weight.Change.ZeroOnlyInFirst);
        Assert.Equal(a.Zip(b).Count(p => p.First != 0 && p.Second == 0), weight.Change.ZeroOnlyInSecond);
        Assert.True(weight.Change.ZeroOnlyInSecond > 0);
    }

    [Fact]
    public void WeightHistograms_ShareTheEdgesOfTheFirstModel_AndHoldEveryWeight()
    {
        var (first, second) = (LayerModels.Net(1), LayerModels.Net(2));
        var comparison = LayerComparison.Of(first, second, Settings);
        var all = Values(first, "conv.weight").Concat(Values(first, "fc.weight")).ToArray();
        Assert.All(comparison.Weights, w => Assert.Equal(ChangeHistogram.RoundEdges(all.Min(), all.Max(), 30), w.Change!.Histogram.Edges));
        Assert.All(comparison.Weights, w => Assert.Equal(w.Count, w.Change!.Histogram.Counts.Sum()));
        Assert.Equal(Values(first, "conv.weight").Zip(Values(second, "conv.weight")).Average(p => (double)Math.Abs(p.First - p.Second)), comparison.Weights[0].Change!.Measure.MeanChange, 1e-12);
    }

    [Fact]
    public void AModelWithItself_DoesNotChange()
    {
        var comparison = LayerComparison.Of(LayerModels.Net(3), LayerModels.Net(3), Settings, Source(20));
        Assert.All(comparison.Weights.Select(w => w.Change!).Concat(comparison.Activations.Select(a => a.Change)), c =>
        {
            Assert.Equal((0, 0, 0), (c.Measure.MeanChange, c.Measure.RelativeChange, c.ZeroOnlyInFirst + c.ZeroOnlyInSecond));
            Assert.Equal(1, c.Measure.Cosine, 1e-12);
            Assert.Equal(c.Measure.Count, Enumerable.Range(0, c.Histogram.Bins + 2).Sum(r => c.Histogram[r, 0]));
        });
    }

    [Theory]
    [InlineData(256L << 20, null)]
    [InlineData(1, null)]
    [InlineData(256L << 20, 7L)]
    public void Activations_AreThoseOfLoops_UnderAnyBudgetAndBatch(long budget, long? fixedBatch)
    {
        var (first, second) = (LayerModels.Net(4, batch: fixedBatch), LayerModels.Net(5));
        var comparison = LayerComparison.Of(first, second, Settings with { ByteBudget = budget, Batch = 16 }, Source(50));
        Assert.Equal(["conv", "fc"], comparison.Activations.Select(a => a.Layer));
        Assert.Equal([3, 3, 3], comparison.Activations[0].Shape);
        var data = new WholeSamples(50);
        var sample = new float[16];
        var counts = (Conv: new List<(float[], float[])>(), Gemm: new List<(float[], float[])>());
        for (var i = 0; i < 50; i++)
        {
            data.ReadFloats(i, sample);
            var (a, b) = (LayerModels.Outputs(first, sample), LayerModels.Outputs(second, sample));
            counts.Conv.Add((a.Conv, b.Conv));
            counts.Gemm.Add((a.Gemm, b.Gemm));
        }

        Same(counts.Conv, comparison.Activations[0].Change);
        Same(counts.Gemm, comparison.Activations[1].Change);
        Assert.Equal((50, "made-up:whole"), (comparison.Samples, comparison.Data));
        Assert.Empty(comparison.Notes);
    }

    [Fact]
    public void Graphs_AreAsBefore()
    {
        var (first, second) = (LayerModels.Net(4), LayerModels.Net(5));
        LayerComparison.Of(first, second, Settings, Source(10));
        Assert.All(new[] { first, second }, m => Assert.Equal("y", Assert.Single(m.Graph.Outputs).Name));
        Assert.All(new[] { first, second }, m => Assert.Null(GraphRules.FirstBroken(m.Graph)));
    }

    [Fact]
    public void OtherNames_AreMatchedByPlaceAndShape_AndSaySo()
    {
        var (first, second) = (LayerModels.Net(6), LayerModels.Net(6, prefix: "q_"));
        var comparison = LayerComparison.Of(first, second, Settings, Source(10));
        Assert.Equal([("conv.weight", "q_conv.weight", MatchedBy.Position), ("fc.weight", "q_fc.weight", MatchedBy.Position)], comparison.Weights.Select(w => (w.Name, w.OtherName, w.Matched)));
        Assert.All(comparison.Weights, w => Assert.Equal(0, w.Change!.Measure.MeanChange));
        Assert.Equal("q_fc", comparison.Activations[1].OtherLayer);
        second.Graph.Nodes[0].Name = "conv";
        Assert.Equal(MatchedBy.Node, LayerComparison.Of(first, second, Settings).Weights[0].Matched);
    }

    [Fact]
    public void ALinearWeightStoredTheOtherWayRound_IsTurned()
    {
        var comparison = LayerComparison.Of(LayerModels.Net(7), LayerModels.Net(7, transB: false), Settings);
        Assert.Equal(0, comparison.Weights[1].Change!.Measure.MeanChange);
        Assert.Equal([27, 4], comparison.Weights[1].OtherShape);
    }

    [Fact]
    public void RemovedFilters_LeaveTheZeros_AndSaySo()
    {
        var comparison = LayerComparison.Of(LayerModels.Net(8), LayerModels.Net(8, zeros: 1, filters: 2), Settings, Source(10));
        Assert.All(comparison.Weights, w => Assert.Null(w.Change));
        Assert.Equal([12L, 8L], new[] { comparison.Weights[0].Count, comparison.Weights[0].OtherCount });
        Assert.True(comparison.Weights[0].OtherZeros > 0);
        Assert.Contains("Weight conv.weight: [3,1,2,2] in one model, [2,1,2,2] in the other; only zeros are counted.", comparison.Notes);
        Assert.Contains("Layer conv: its output is [3,3,3] in one model and [2,3,3] in the other; left out of the activations.", comparison.Notes);
        Assert.Equal(["fc"], comparison.Activations.Select(a => a.Layer));
    }

    [Fact]
    public void QuantisedWeights_AreComparedDequantised()
    {
        var (first, second) = (LayerModels.Net(9), LayerModels.Net(9));
        var graph = second.Graph;
        var quantised = graph.SetInitializer("fc.weight_quantized", Tensor.From<sbyte>(ElementType.Int8, [4, 27], [.. Values(first, "fc.weight").Select(v => (sbyte)(2 * v + 1))]));
        var dequantised = graph.Value("fc.weight_dequantized");
        graph.AddNode("DequantizeLinear", [quantised, graph.SetInitializer("scale", Tensor.FromFloats([], [0.5f])), graph.SetInitializer("zero", Tensor.From<sbyte>(ElementType.Int8, [], [1]))], [dequantised], at: 0);
        graph.Nodes.Single(n => n.Name == "fc").SetInput(1, dequantised);
        var weight = LayerComparison.Of(first, second, Settings).Weights[1];
        Assert.Equal(("fc.weight_quantized", MatchedBy.Node), (weight.OtherName, weight.Matched));
        Assert.Equal((0, weight.Zeros), (weight.Change!.Measure.MeanChange, weight.OtherZeros));
    }

    [Fact]
    public void HalfWeights_AreComparedAsTheyAre()
    {
        var (first, second) = (LayerModels.Net(10), LayerModels.Net(10));
        second.Graph.SetInitializer("conv.weight", Tensor.From<Half>(ElementType.Float16, [3, 1, 2, 2], [.. Values(first, "conv.weight").Select(v => (Half)v)]));
        Assert.Equal(0, LayerComparison.Of(first, second, Settings).Weights[0].Change!.Measure.MeanChange);
    }

    [Fact]
    public void ModelsWithoutACommonWeight_AreRefused()
    {
        var other = new Graph("other");
        other.AddInput(other.Value("x"));
        other.AddNode("MatMul", [other.Value("x"), other.SetInitializer("w", LayerModels.Whole(1, 0, 5, 5))], [other.Value("y")], "mm");
        other.AddOutput(other.Value("y"));
        var error = Assert.Throws<AuditException>(() => LayerComparison.Of(LayerModels.Net(1), new Model(other) { Source = "other.onnx" }, Settings));
        Assert.Equal("other.onnx: found no weight that matches by name, node, or operator and shape; expected weights of net1.onnx. Compare a model with one made from it.", error.Message);
    }

    [Fact]
    public void UnmatchedWeights_AreListed()
    {
        var second = LayerModels.Net(1);
        second.Graph.Rename(second.Graph.Find("conv.weight")!, "stem.weight");
        second.Graph.Nodes[0].Name = "stem";
        second.Graph.SetInitializer("stem.weight", LayerModels.Whole(2, 0, 3, 1, 2, 1));
        var comparison = LayerComparison.Of(LayerModels.Net(1), second, Settings);
        Assert.Equal((["conv.weight"], ["stem.weight"]), (comparison.OnlyInFirst.ToArray(), comparison.OnlyInSecond.ToArray()), (a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2.SequenceEqual(b.Item2));
    }

    [Fact]
    public void Threads_DoNotChangeTheResult() => Assert.Equal(Json(1), Json(3));

    [Fact]
    public void Json_SaysWhatTheComparisonSays()
    {
        var comparison = LayerComparison.Of(LayerModels.Net(1), LayerModels.Net(2, zeros: 1), Settings, Source(10));
        using var document = JsonDocument.Parse(JsonOf(comparison));
        var weight = document.RootElement.GetProperty("weights")[1];
        Assert.Equal(("fc.weight", "name"), (weight.GetProperty("name").GetString(), weight.GetProperty("matched_by").GetString()));
        Assert.Equal(comparison.Weights[1].Change!.ZeroOnlyInSecond, weight.GetProperty("zero_only_in_second").GetInt64());
        Assert.Equal(comparison.Weights[1].Change!.Histogram[3, 5], weight.GetProperty("counts")[3][5].GetInt64());
        Assert.Equal(comparison.Activations[0].Change.Measure.Cosine, document.RootElement.GetProperty("activations")[0].GetProperty("cosine").GetDouble());
        Assert.Equal(10, document.RootElement.GetProperty("samples").GetInt32());
    }

    private static ActivationSource Source(int samples) => new(Ort.Library, new WholeSamples(samples), null, null);

    private static float[] Values(Model model, string name) => model.Graph.Find(name)!.Initializer!.ToFloats();

    private static byte[] Json(int threads) => JsonOf(LayerComparison.Of(LayerModels.Net(1), LayerModels.Net(2), Settings with { Threads = threads }));

    private static byte[] JsonOf(LayerComparison comparison) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        LayerJson.Write(comparison, json);
        json.WriteEndObject();
    });

    private static void Same(List<(float[], float[])> pairs, ElementChange found)
    {
        var values = pairs.SelectMany(p => p.Item1).ToArray();
        var expected = new ChangeCount(ChangeHistogram.RoundEdges(values.Min(), values.Max(), 20));
        foreach (var (a, b) in pairs) expected.Add(a, b);
        Assert.Equal(expected.Histogram.Edges, found.Histogram.Edges);
        Assert.Equal(expected.Histogram.Counts, found.Histogram.Counts);
        // Whole numbers: the sums are exact in any order.
        Assert.Equal(expected.Measure, found.Measure);
    }
}
