using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Training.Tickets;

namespace OnnxAudit.Tests.Training.Tickets;

public class TicketPackingTests
{
    /// <summary>Weights that fill whole bytes, that do not, and that are fewer than a byte's, decoded by the engine and by ONNX Runtime.</summary>
    [Theory]
    [InlineData(16, 13)]
    [InlineData(27, 13)]
    [InlineData(3, 18)]
    [InlineData(1728, 11)]
    [InlineData(10, 9)]
    public void DecodedWeights_AreThoseThatWerePacked(int count, int opset)
    {
        var random = new Random(count);
        float[] weights = [.. Enumerable.Range(0, count).Select(i => i == 0 ? -0.3f : random.Next(3) * 0.3f - 0.3f)];
        var model = Net(weights, opset);
        float[] input = [.. Enumerable.Range(0, count).Select(i => (float)(1 << (i % 20)))];
        var before = Run(model, input);
        var notes = TicketPacking.Pack(model, [new TicketLayerReport("w", count, weights.Count(w => w != 0), 0.3f)]).ToArray();
        Assert.Equal(opset < 11 ? 1 : 0, notes.Length);
        Assert.Null(model.Graph.Find("w")!.Initializer);
        Assert.Equal(weights, Constants.Resolve(model.Graph.Find("w"))!.ToFloats());
        Assert.Equal([count, 1], Constants.Resolve(model.Graph.Find("w"))!.Dims.ToArray());
        Assert.Equal(before, Run(model, input));
        Assert.Equal(before, Run(OnnxReader.Read(OnnxWriter.ToBytes(model), "again"), input));
    }

    [Fact]
    public void AThirdMagnitude_IsAFault() =>
        Assert.Throws<InvalidOperationException>(() => TicketPacking.Pack(Net([0.1f, 0.2f], 13), [new TicketLayerReport("w", 2, 2, 0.1f)]).ToArray());

    private static Model Net(float[] weights, int opset)
    {
        var graph = new Graph("net");
        var (x, y) = (graph.Value("x"), graph.Value("y"));
        (x.Type, y.Type) = (new TensorType(ElementType.Float, [1, weights.Length]), new TensorType(ElementType.Float, [1, 1]));
        graph.AddInput(x);
        graph.AddNode("MatMul", [x, graph.SetInitializer("w", Tensor.FromFloats([weights.Length, 1], weights))], [y]);
        graph.AddOutput(y);
        var model = new Model(graph);
        model.Opsets.Add(new("", opset));
        return model;
    }

    private static float[] Run(Model model, float[] input)
    {
        using var session = OrtSession.FromMemory(Ort.Library, OnnxWriter.ToBytes(model), "net", new SessionSettings());
        using var x = OrtTensor.Over<float>(input.ToArray(), [1, input.Length]);
        using var y = session.Run([("x", x)], ["y"])[0];
        return y.Values<float>().ToArray();
    }
}
