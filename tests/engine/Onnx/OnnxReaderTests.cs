using Google.Protobuf;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Onnx;

public sealed class OnnxReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onnxaudit-reader-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Edges_HoldBothWays()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var graph = OnnxReader.Read(new GeneratedModels(seed, unknownFields: false).Model().ToByteArray(), "generated").Graph;
            Assert.Null(GraphRules.FirstBroken(graph));
        }
    }

    [Fact]
    public void NodesOutOfOrder_AreSorted_AndOthersKeepTheirPlace()
    {
        var model = Read(g =>
        {
            g.Node.Add([Node("C", "b", "c"), Node("Free", "x", "f"), Node("A", "x", "a"), Node("B", "a", "b")]);
            g.Output.Add(new ValueInfoProto { Name = "c" });
        });
        Assert.Equal(["Free", "A", "B", "C"], model.Graph.Nodes.Select(n => n.OpType));
        Assert.Null(GraphRules.FirstBroken(model.Graph));
    }

    [Fact]
    public void NodeWhoseSubgraphUsesALaterValue_IsMovedBehindIt()
    {
        var model = Read(g =>
        {
            g.Node.Add(new NodeProto { OpType = "If", Input = { "x" }, Output = { "y" }, Attribute = { Body(Node("Relu", "a", "inner")) } });
            g.Node.Add(Node("A", "x", "a"));
        });
        Assert.Equal(["A", "If"], model.Graph.Nodes.Select(n => n.OpType));
        var captured = model.Graph.Find("a")!;
        Assert.Equal("Relu", Assert.Single(captured.Uses).Node.OpType);
    }

    [Fact]
    public void SubgraphNames_HideThoseAround()
    {
        var model = Read(g =>
        {
            g.Node.Add(Node("A", "x", "a"));
            var body = Body(Node("Inner", "x", "a"));
            body.G.Node.Add(Node("Reads", "a", "b"));
            g.Node.Add(new NodeProto { OpType = "If", Input = { "x" }, Output = { "y" }, Attribute = { body } });
        });
        var inner = Assert.Single(GraphRules.Subgraphs(model.Graph));
        Assert.Same(inner.Nodes[0], inner.Nodes[1].Input(0)!.Producer);
        Assert.Empty(model.Graph.Find("a")!.Uses);
    }

    [Fact]
    public void IrVersion3_ListsWeightsAsInputs()
    {
        var model = OnnxReader.Read(OnnxWriter.ToBytes(HeadForms.Build("gemm, weights as inputs").Model), "old");
        Assert.Equal((3, 3), ((int)model.IrVersion, model.Graph.Inputs.Count));
        Assert.Equal(2, model.Graph.Inputs.Count(i => i.Initializer is not null));
    }

    [Fact]
    public void TypesOfInputsOutputsAndValues_AreRead()
    {
        var shape = new TensorShapeProto
        {
            Dim = { new TensorShapeProto.Types.Dimension { DimParam = "batch" }, new TensorShapeProto.Types.Dimension { DimValue = 3 },
                new TensorShapeProto.Types.Dimension() },
        };
        var model = Read(g => g.Input[0].Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 10, Shape = shape } });
        Assert.Equal("Float16[batch,3,?]", model.Graph.Inputs[0].Type!.ToString());
        Assert.Null(Read(g => g.Input[0].Type = new TypeProto { SequenceType = new TypeProto.Types.Sequence { ElemType = new TypeProto() } }).Graph.Inputs[0].Type);
    }

    [Fact]
    public void Weights_AreViewsOfTheBytesGiven()
    {
        var tensor = new TensorProto { Name = "w", DataType = 1, Dims = { 2 }, RawData = ByteString.CopyFrom(new byte[8]) };
        var typed = new TensorProto { Name = "t", DataType = 1, Dims = { 2 }, FloatData = { 1, 2 } };
        var bytes = Bytes(g => g.Initializer.Add([tensor, typed]));
        var model = OnnxReader.Read(bytes, "views");
        foreach (var name in new[] { "w", "t" })
            Assert.True(bytes.AsSpan().Overlaps(model.Graph.Find(name)!.Initializer!.Data.Span), $"'{name}' was copied");
    }

    [Fact]
    public void LargeModel_IsReadWithoutTouchingItsWeights()
    {
        var path = Path.Combine(_folder, "large.onnx");
        var model = new Model(new Graph("large"));
        var zeros = new byte[16 << 20];
        for (var i = 0; i < 4; i++) model.Graph.SetInitializer($"w{i}", new Tensor(ElementType.Int8, [zeros.Length], zeros));
        OnnxWriter.Write(model, path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = OnnxReader.Read(path);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal(4L * zeros.Length, read.Graph.Initializers.Sum(v => v.Initializer!.Count));
    }

    [Fact]
    public void SparseTensor_TakesNoMemoryUntilTouched()
    {
        var values = new TensorProto { Name = "s", DataType = 1, Dims = { 1 }, FloatData = { 5 } };
        var indices = new TensorProto { DataType = 7, Dims = { 1 }, Int64Data = { 3 } };
        var bytes = Bytes(g => g.SparseInitializer.Add(new SparseTensorProto { Dims = { 10_000_000 }, Values = values, Indices = indices }));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var tensor = OnnxReader.Read(bytes, "sparse").Graph.Find("s")!.Initializer!;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Equal(5, tensor.Span<float>()[3]);
    }

    [Fact]
    public void ExternalData_BeyondTwoGigabytes_IsRead()
    {
        const long offset = 2_500_000_000;
        using (var file = new FileStream(Path.Combine(_folder, "w.bin"), FileMode.Create))
        {
            file.SetLength(offset + 100);
            file.Position = offset;
            file.Write(BitConverter.GetBytes(1.5f));
        }

        var tensor = new TensorProto { Name = "w", DataType = 1, Dims = { 25 }, DataLocation = 1 };
        foreach (var (key, value) in new[] { ("location", "w.bin"), ("offset", "2500000000"), ("length", "100"), ("checksum", "unused") })
            tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        var path = Path.Combine(_folder, "m.onnx");
        File.WriteAllBytes(path, Bytes(g => g.Initializer.Add(tensor)));
        Assert.Equal(1.5f, OnnxReader.Read(path).Graph.Find("w")!.Initializer!.Span<float>()[0]);
    }

    [Fact]
    public void ModelOverTwoGigabytes_IsRefusedWithTheWayOut()
    {
        var path = Path.Combine(_folder, "huge.onnx");
        using (var file = new FileStream(path, FileMode.Create)) file.SetLength(2_200_000_000);
        var error = Assert.Throws<AuditException>(() => OnnxReader.Read(path));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains("external data", error.Fix, StringComparison.Ordinal);
    }

    private static byte[] Bytes(Action<GraphProto> edit)
    {
        var model = new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Version = 17 } },
            Graph = new GraphProto { Input = { new ValueInfoProto { Name = "x" } } },
        };
        edit(model.Graph);
        return model.ToByteArray();
    }

    private static Model Read(Action<GraphProto> edit) => OnnxReader.Read(Bytes(edit), "built");

    private static NodeProto Node(string op, string input, string output) => new() { OpType = op, Input = { input }, Output = { output } };

    private static AttributeProto Body(NodeProto node) => new()
    {
        Name = "body",
        Type = 5,
        G = new GraphProto { Node = { node }, Output = { new ValueInfoProto { Name = node.Output[0] } } },
    };
}
