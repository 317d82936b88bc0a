using OnnxAudit.Runtime;

namespace OnnxAudit.Tests.Runtime;

public class OrtStatusTests
{
    [Theory]
    [InlineData("Non-zero status code returned while running Reshape node. Name:'shape-it' Status Message: bad", "shape-it")]
    [InlineData("Could not find an implementation for ConvInteger(10) node with name 'conv/quant'", "conv/quant")]
    [InlineData("Node (conv1) Op (Conv) [ShapeInferenceError] wrong", "conv1")]
    [InlineData("This is an invalid model. In Node, (\"n 1\", Foo, \"\", -1) : (\"x\": tensor(float),) -> (\"y\",) , Error No Op registered", "n 1")]
    [InlineData("Load model failed: Protobuf parsing failed.", null)]
    [InlineData("while running Relu node. Name:'' Status Message: bad", null)]
    public void TheNode_IsReadFromTheMessage(string message, string? node) => Assert.Equal(node, OrtStatus.NodeOf(message));

    [Fact]
    public void AProvidersFailure_IsTheEnvironments()
    {
        Assert.Equal(AuditCode.Environment, OrtStatus.Failure(new OrtError(OrtErrorCode.ProviderFail, "device lost"), "m.onnx", "x", "y").Code);
        Assert.Equal(AuditCode.Invalid, OrtStatus.Failure(new OrtError(OrtErrorCode.InvalidGraph, "bad"), "m.onnx", "x", "y").Code);
    }
}
