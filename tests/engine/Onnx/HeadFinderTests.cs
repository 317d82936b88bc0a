using OnnxAudit.Onnx;

namespace OnnxAudit.Tests.Onnx;

public class HeadFinderTests
{
    [SkippableTheory]
    [InlineData("models/resnet20_cifar10_dense.onnx", 64)]
    [InlineData("models/resnet20_cifar10_mag50.onnx", 64)]
    [InlineData("models/lenet5_fmnist.onnx", 84)]
    public void ExportedModel_HasTheHeadItWasTrainedWith(string file, int features)
    {
        var model = OnnxReader.Read(SharedData.Require(file));
        var head = HeadFinder.Find(model).Require();
        Assert.Equal((10, features, "Gemm", "logits"), (head.ClassCount, head.FeatureCount, head.Kind, head.Logits));
        Assert.Equal(new HeadOutputs(head.Features, "logits"), head.Expose(model));
        Assert.Equal(["logits", head.Features], model.Graph.Outputs.Select(o => o.Name));
        head.Expose(model);
        Assert.Equal(2, model.Graph.Outputs.Count);
    }
}
