using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>
/// Whether ONNX Runtime's CPU provider rounds what float16 nodes hand on. Where it has no float16 kernels it runs them in float32 between casts of its own, and takes casts away in
/// pairs, the roundings with them: an audit on the CPU then sees the weights' rounding alone.
/// </summary>
internal static class HalfRounding
{
    /// <summary>Asks by (1 + 2048) − 2048, which is 0 where the sum is rounded to float16 and 1 where it is not.</summary>
    public static bool IsKept(OrtLibrary runtime)
    {
        var graph = new Graph("rounding");
        var model = new Model(graph) { Source = "a probe of float16" };
        model.Opsets.Add(new("", 13));
        Value Typed(string name, ElementType type)
        {
            var value = graph.Value(name);
            value.Type = new TensorType(type, [1]);
            return value;
        }

        var (x, narrow, sum, rest, y) = (Typed("x", ElementType.Float), Typed("narrow", ElementType.Float16), Typed("sum", ElementType.Float16), Typed("rest", ElementType.Float16), Typed("y", ElementType.Float));
        var large = graph.SetInitializer("large", Tensor.From<Half>(ElementType.Float16, [1], [(Half)2048f]));
        graph.AddInput(x);
        graph.AddNode("Cast", [x], [narrow]).Set(NodeAttribute.Of("to", (long)ElementType.Float16));
        graph.AddNode("Add", [narrow, large], [sum]);
        graph.AddNode("Sub", [sum, large], [rest]);
        graph.AddNode("Cast", [rest], [y]).Set(NodeAttribute.Of("to", (long)ElementType.Float));
        graph.AddOutput(y);
        using var session = OrtSession.FromMemory(runtime, OnnxWriter.ToBytes(model), model.Source, new SessionSettings());
        using var input = OrtTensor.Over(new float[] { 1 }.AsMemory(), [1]);
        using var output = session.Run([("x", input)], ["y"])[0];
        return output.Values<float>()[0] == 0;
    }
}
