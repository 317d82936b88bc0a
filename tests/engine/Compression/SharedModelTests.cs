using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Onnx;

namespace OnnxAudit.Tests.Compression;

/// <summary>The masks of a trained network against those PyTorch's global magnitude pruning made of it.</summary>
public class SharedModelTests
{
    private static readonly MaskRecipe HalfOfTheConvolutions = new() { Method = "magnitude", Amount = .5, Include = ["Conv"] };

    [SkippableFact]
    public void Magnitude_RemovesWhatPyTorchRemoved_AtMostOneWeightApart()
    {
        var masks = Masks.Create(OnnxReader.Read(SharedData.Require("models/resnet20_cifar10_dense.onnx")), HalfOfTheConvolutions).Masks;
        var pruned = OnnxReader.Read(SharedData.Require("models/resnet20_cifar10_mag50.onnx"));
        Assert.Equal((21, 270_256L, 135_128L), (masks.Count, masks.Weights, masks.Kept));
        var apart = 0;
        foreach (var mask in masks)
        {
            var weights = pruned.Graph.Find(mask.Tensor)!.Initializer!.Span<float>();
            for (var i = 0; i < weights.Length; i++)
                if (mask[i] != (weights[i] != 0)) apart++;
        }

        Assert.InRange(apart, 0, 1);
    }

    [SkippableFact]
    public void SparsityReport_AgreesWithPyTorchsPerLayer()
    {
        var report = SparsityReport.Of(OnnxReader.Read(SharedData.Require("models/resnet20_cifar10_mag50.onnx")));
        using var info = JsonDocument.Parse(File.ReadAllText(SharedData.Require("models/prune_info.json")));
        var stored = info.RootElement.GetProperty("mag50").GetProperty("per_layer").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetDouble());
        Assert.Equal(21, stored.Count);
        Assert.All(stored, layer => Assert.Equal(layer.Value, report.Tensors.Single(t => t.Name == layer.Key).Sparsity, 5));
        Assert.Equal(0, report.Tensors.Single(t => t.Name == "fc.weight").Zeros);
    }
}
