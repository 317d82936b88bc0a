using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles.Architectures;

namespace OnnxAudit.Bench.Saliency;

/// <summary>What every contender works on: a model's weights, normal inputs and labels.</summary>
internal sealed record SaliencyTask(string Name, Func<Model> Model, long[] Sample, float[] Inputs, int[] Labels)
{
    internal int Samples => Labels.Length;

    internal long[] Dims => [Samples, .. Sample];

    internal static SaliencyTask Of(string name, string models, int samples)
    {
        Func<Model> model = name switch
        {
            "resnet20" => () => OnnxReader.Read(Path.Combine(models, "resnet20_cifar10_dense.onnx")),
            "resnet18-cifar" => () => Architecture.Of(name).Build(new NetSize(32)),
            "resnet50" => () => Architecture.Of(name).Build(new NetSize(224, Classes: 1000)),
            _ => throw new ArgumentException($"no model '{name}' here"),
        };
        var side = name == "resnet50" ? 224 : 32;
        if (samples == 0) samples = name switch { "resnet20" => 256, "resnet18-cifar" => 64, _ => 16 };
        var (inputs, labels) = (new float[samples * 3 * side * side], new int[samples]);
        var random = Philox.For(1, "saliency bench");
        for (var i = 0; i < inputs.Length; i += 2)
        {
            // Normal deviates of two uniform ones, by Box and Muller.
            var words = random.Words((ulong)i, 0);
            var (radius, turn) = (Math.Sqrt(-2 * Math.Log(1 - Philox.ToUnit(words.A))), 2 * Math.PI * Philox.ToUnit(words.B));
            (inputs[i], inputs[i + 1]) = ((float)(radius * Math.Cos(turn)), (float)(radius * Math.Sin(turn)));
        }

        for (var i = 0; i < samples; i++) labels[i] = i % 10;
        return new SaliencyTask(name, model, [3, side, side], inputs, labels);
    }
}
