using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Compression;

/// <summary>Half of ResNet-20's convolution weights removed by magnitude: PyTorch measured 82.41 % on these 10,000 images.</summary>
public class PrunedAccuracyTests
{
    [SkippableFact]
    public void HalfTheConvolutions_LeaveThePublishedAccuracy()
    {
        var path = SharedData.Require("models/resnet20_cifar10_dense.onnx");
        var preprocessing = Preprocessing.Resolve(null, new Dictionary<string, string>(), path);
        using var data = DataSpec.Open($"cifar10:{SharedData.Require("cifar10")}", new DataOptions { Preprocessing = preprocessing, ClassCount = 10 });
        var model = OnnxReader.Read(path);
        var masks = Masks.Create(model, new MaskRecipe { Method = "magnitude", Amount = .5, Include = ["Conv"] }).Masks;
        var bytes = OnnxWriter.ToBytes(model, new OnnxWriteOptions { Externalised = masks.Select(m => m.Tensor).ToHashSet() });
        using var session = OrtSession.FromMemory(RuntimeLibrary.Loaded, bytes, path, new SessionSettings { Threads = 2 }, MaskApplication.Overrides(model, masks));
        var right = 0;
        using var batches = BatchStream.Over(data, preprocessing, 250);
        foreach (var batch in batches)
        {
            using var x = OrtTensor.Over(batch.Inputs, batch.Dims);
            using var logits = session.Run([("input", x)], ["logits"])[0];
            var rows = logits.Span<float>();
            for (var i = 0; i < batch.Count; i++)
                if (System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(rows.Slice(i * 10, 10)) == data.Labels.Span[batch.First + i]) right++;
        }

        Assert.Equal(10_000, data.Count);
        Assert.InRange(100.0 * right / data.Count, 82.41 - 0.05, 82.41 + 0.05);
    }
}
