using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Tests.Runtime;

public class WeightOverrideTests
{
    private static readonly OnnxWriteOptions External = new() { Externalised = new HashSet<string> { "w" } };

    public WeightOverrideTests() => _ = Ort.Library;

    [Theory]
    [InlineData(OptimisationLevel.None)]
    [InlineData(OptimisationLevel.All)]
    public void AnOverride_TakesEffect_ThoughTheConvolutionIsFused(OptimisationLevel level)
    {
        var bytes = OnnxWriter.ToBytes(SmallModels.ConvolutionThenNormalisation(2), External);
        var settings = new SessionSettings { Level = level };
        using var x = OrtTensor.Over<float>(new float[] { 1, 5 }, [1, 1, 1, 2]);
        foreach (var weight in new[] { 2f, 3f, 0f })
        {
            using var session = OrtSession.FromMemory(Ort.Library, bytes, "fused.onnx", settings, [new("w", Tensor.FromFloats([1, 1, 1, 1], [weight]))]);
            Assert.Equal([10 * weight, 50 * weight], Ort.Floats(session, "y", ("x", x)));
        }
    }

    [Fact]
    public void TheSession_KeepsTheWeightsAlive()
    {
        using var session = MakeWithUnreferencedWeights();
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            _ = new float[1 << 20];
        }

        using var x = OrtTensor.Allocate(ElementType.Float, [512, 512]);
        x.Span<float>().Fill(1);
        Assert.All(Ort.Floats(session, "y", ("x", x)), y => Assert.Equal(512, y));
    }

    [Fact]
    public void AnOverrideThatTheModelCannotTake_IsAnError()
    {
        var inline = OnnxWriter.ToBytes(SmallModels.ConvolutionThenNormalisation(2));
        var external = OnnxWriter.ToBytes(SmallModels.ConvolutionThenNormalisation(2), External);
        var weight = Tensor.FromFloats([1, 1, 1, 1], [3]);
        Fails(external, "nobody", weight);
        Fails(external, "w", Tensor.FromFloats([2], [1, 2]));
        Fails(external, "w", Tensor.From<double>(ElementType.Double, [1, 1, 1, 1], [3.0]));
        // Weights that stand in the model itself: an override that had no effect would be the silent kind of wrong.
        Fails(inline, "w", weight);
    }

    [Fact]
    public void AnExternalWeightThatIsNotGiven_IsAnError()
    {
        var bytes = OnnxWriter.ToBytes(SmallModels.ConvolutionThenNormalisation(2), External);
        var error = Assert.Throws<AuditException>(() => OrtSession.FromMemory(Ort.Library, bytes, "fused.onnx", new SessionSettings()));
        Assert.Equal(AuditCode.Invalid, error.Code);
    }

    [SkippableFact]
    public void ResNet20_WithMagnitudePrunedOverrides_GivesTheLogitsOfThePrunedFile()
    {
        var dense = OnnxReader.Read(SharedData.Require("models/resnet20_cifar10_dense.onnx"));
        var pruned = OnnxReader.Read(SharedData.Require("models/resnet20_cifar10_mag50.onnx"));
        var overrides = pruned.Graph.Initializers.Where(v => v.Initializer!.Rank == 4).Select(v => KeyValuePair.Create(v.Name, v.Initializer!)).ToList();
        Assert.Equal(21, overrides.Count);
        var bytes = OnnxWriter.ToBytes(dense, new OnnxWriteOptions { Externalised = overrides.Select(o => o.Key).ToHashSet() });
        var images = NpyArray.Read(SharedData.Require("inputs/cifar10_inputs200.npy"));
        using var x = OrtTensor.Over<float>(images.Values, images.Dims);
        using var overridden = OrtSession.FromMemory(Ort.Library, bytes, "overridden", new SessionSettings(), overrides);
        using var baked = Ort.Session(pruned);
        using var original = Ort.Session(dense);
        var expected = Ort.Floats(baked, "logits", ("input", x));
        Assert.InRange(Ort.LargestDifference(expected, Ort.Floats(overridden, "logits", ("input", x))), 0, 1e-5f);
        Assert.True(Ort.LargestDifference(expected, Ort.Floats(original, "logits", ("input", x))) > 0.5f);
        var oracle = NpyArray.Read(SharedData.Require("oracles/resnet20_mag50_cifar10/logits.npy"));
        Assert.InRange(Ort.LargestDifference(oracle.Values, expected), 0, 1e-3f);
    }

    private static OrtSession MakeWithUnreferencedWeights()
    {
        var values = new float[512 * 512];
        Array.Fill(values, 1);
        var bytes = OnnxWriter.ToBytes(SmallModels.LongChain(512, 1), External);
        // No optimisation: nothing makes a packed copy of the weights ahead of the run.
        var settings = new SessionSettings { Level = OptimisationLevel.None, Config = new Dictionary<string, string> { ["session.disable_prepacking"] = "1" } };
        return OrtSession.FromMemory(Ort.Library, bytes, "chain", settings, [new("w", Tensor.FromFloats([512, 512], values))]);
    }

    private static void Fails(byte[] model, string name, Tensor weight)
    {
        var error = Assert.Throws<AuditException>(() => OrtSession.FromMemory(Ort.Library, model, "fused.onnx", new SessionSettings(), [new(name, weight)]).Dispose());
        Assert.StartsWith("fused.onnx", error.Where, StringComparison.Ordinal);
    }
}
