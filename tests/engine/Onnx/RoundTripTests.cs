using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Onnx;

public class RoundTripTests
{
    [SkippableTheory]
    [InlineData("models/resnet20_cifar10_dense.onnx")]
    [InlineData("models/resnet20_cifar10_mag50.onnx")]
    [InlineData("models/lenet5_fmnist.onnx")]
    public void ExportedModel_ComesBackByteForByte(string file)
    {
        var path = SharedData.Require(file);
        var before = File.ReadAllBytes(path);
        var after = OnnxWriter.ToBytes(OnnxReader.Read(path));
        Assert.Equal(ModelProto.Parser.ParseFrom(before), ModelProto.Parser.ParseFrom(after));
        Assert.True(before.AsSpan().SequenceEqual(after), "the bytes differ");
    }
}
