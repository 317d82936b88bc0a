using System.Diagnostics;
using OnnxAudit.Bench.Audit;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Bench.Gradients;

/// <summary>
/// The data gradient of stride-1 convolutions in its two forms, Conv by turned weights (turned by nodes, as the gradient rule emits them) and ConvTranspose:
/// one thread, best of rounds taken in turn, results compared first. Processor time, so that other programs disturb less.
/// </summary>
internal static class DataGradientBench
{
    private const int Rounds = 7;

    private static readonly (string Name, int Channels, int Maps, int Size, int Kernel, int Pad, int Group)[] Layers =
    [
        ("ResNet-20 16x32x32", 16, 16, 32, 3, 1, 1), ("ResNet-20 64x8x8", 64, 64, 8, 3, 1, 1), ("ResNet-18 64x32x32", 64, 64, 32, 3, 1, 1), ("ResNet-18 512x4x4", 512, 512, 4, 3, 1, 1),
        ("ResNet-50 1x1 256x28x28", 256, 64, 28, 1, 0, 1), ("depthwise 3x3 96x28x28", 96, 96, 28, 3, 1, 96), ("depthwise 7x7 96x28x28", 96, 96, 28, 7, 3, 96),
        ("LeNet-5 6x14x14, no pads", 6, 16, 14, 5, 0, 1), ("no pads, size 7 to 3", 32, 32, 7, 5, 0, 1), ("no pads, size 8 to 2", 32, 32, 8, 7, 0, 1), ("no pads, size 5 to 1", 16, 120, 5, 5, 0, 1),
    ];

    internal static int Run()
    {
        var runtime = AuditSettings.Runtime();
        var agree = true;
        Console.WriteLine("data gradient at stride 1, batch 16, 1 thread: ms of Conv with turned weights, of ConvTranspose, their ratio, and input/output size");
        foreach (var layer in Layers)
        {
            var outputs = layer.Size + 2 * layer.Pad - layer.Kernel + 1;
            using var conv = Session(runtime, layer, outputs, turned: true);
            using var transposed = Session(runtime, layer, outputs, turned: false);
            var dy = new float[16 * layer.Maps * outputs * outputs];
            Fill(dy, 2);
            using var input = OrtTensor.Over<float>(dy, [16, layer.Maps, outputs, outputs]);
            agree &= Agree(layer.Name, conv, transposed, input);
            var times = new[] { double.PositiveInfinity, double.PositiveInfinity };
            var repeats = (int)Math.Max(1, 4e8 / (16.0 * layer.Maps * layer.Channels / layer.Group * layer.Size * layer.Size * layer.Kernel * layer.Kernel));
            for (var round = 0; round < Rounds; round++)
                foreach (var (which, session) in new[] { (0, conv), (1, transposed) }) times[which] = Math.Min(times[which], Seconds(session, input, repeats));
            Console.WriteLine(FormattableString.Invariant(
                $"  {layer.Name,-26} {times[0] * 1e3,9:F3} {times[1] * 1e3,9:F3} {times[1] / times[0],6:F2} {Math.Pow((double)layer.Size / outputs, 2),6:F1}"));
        }

        return agree ? 0 : 1;
    }

    private static double Seconds(OrtSession session, OrtTensor input, int repeats)
    {
        using var process = Process.GetCurrentProcess();
        var start = process.TotalProcessorTime;
        for (var i = 0; i < repeats; i++) session.Run([("dy", input)], ["dx"])[0].Dispose();
        process.Refresh();
        return (process.TotalProcessorTime - start).TotalSeconds / repeats;
    }

    private static bool Agree(string name, OrtSession a, OrtSession b, OrtTensor input)
    {
        using var x = a.Run([("dy", input)], ["dx"])[0];
        using var y = b.Run([("dy", input)], ["dx"])[0];
        var (left, right) = (x.Values<float>().ToArray(), y.Values<float>().ToArray());
        var (apart, largest) = (0f, 0f);
        for (var i = 0; i < left.Length; i++) (apart, largest) = (Math.Max(apart, Math.Abs(left[i] - right[i])), Math.Max(largest, Math.Abs(left[i])));
        if (apart <= 1e-4f * largest) return true;
        Console.WriteLine(FormattableString.Invariant($"  {name}: results DIFFER by {apart} of {largest}"));
        return false;
    }

    private static OrtSession Session(
        OrtLibrary runtime, (string Name, int Channels, int Maps, int Size, int Kernel, int Pad, int Group) layer, int outputs, bool turned)
    {
        var graph = new Graph("data_gradient");
        Value Typed(string name, int channels, int size)
        {
            var value = graph.Value(name);
            value.Type = new TensorType(ElementType.Float, [16, channels, size, size]);
            return value;
        }

        Value Made(string op, Value[] inputs, params NodeAttribute[] attributes)
        {
            var made = graph.NewValue(op);
            var node = graph.AddNode(op, inputs, [made], made.Name);
            foreach (var attribute in attributes) node.Set(attribute);
            return made;
        }

        Value Ints(string name, params long[] numbers) => graph.SetInitializer(name, Tensor.From<long>(ElementType.Int64, [numbers.Length], numbers));

        var weights = new float[layer.Maps * (layer.Channels / layer.Group) * layer.Kernel * layer.Kernel];
        Fill(weights, 1);
        var w = graph.SetInitializer("w", Tensor.FromFloats([layer.Maps, layer.Channels / layer.Group, layer.Kernel, layer.Kernel], weights));
        var dy = Typed("dy", layer.Maps, outputs);
        graph.AddInput(dy);
        graph.AddOutput(Typed("dx", layer.Channels, layer.Size));
        long pad = turned ? layer.Kernel - 1 - layer.Pad : layer.Pad;
        if (turned && layer.Group == 1) w = Made("Transpose", [w], NodeAttribute.Of("perm", [1L, 0, 2, 3]));
        if (turned && layer.Kernel > 1)
            w = Made("Slice", [w, Ints("starts", -1, -1), Ints("ends", -layer.Kernel - 1, -layer.Kernel - 1), Ints("axes", 2, 3), Ints("steps", -1, -1)]);
        var node = graph.AddNode(turned ? "Conv" : "ConvTranspose", [dy, w], [graph.Value("dx")], "gradient");
        node.Set(NodeAttribute.Of("pads", [pad, pad, pad, pad])).Set(NodeAttribute.Of("group", (long)layer.Group));
        var model = new Model(graph) { Source = "data_gradient.onnx" };
        model.Opsets.Add(new("", 18));
        return OrtSession.FromMemory(runtime, OnnxWriter.ToBytes(model), model.Source, new SessionSettings());
    }

    private static void Fill(float[] values, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < values.Length; i++) values[i] = random.NextSingle() - 0.5f;
    }
}
