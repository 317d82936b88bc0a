using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Onnx;

public sealed class OnnxWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onnxaudit-writer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The tensors are never laid out: the length is known, and refused, before a weight is touched.
    [Fact]
    public void ModelOverTwoGigabytes_IsAUsageErrorThatNamesExternalData()
    {
        var model = new Model(new Graph("huge"));
        foreach (var name in new[] { "a", "b" })
            model.Graph.SetInitializer(name,
                new Tensor(ElementType.Int8, [1_500_000_000], new DenseMemory(default, _ => 0, 1, 1_500_000_000).Memory));
        var path = Path.Combine(_folder, "huge.onnx");
        foreach (var write in new Action[] { () => OnnxWriter.Write(model, path), () => OnnxWriter.ToBytes(model) })
        {
            var error = Assert.Throws<AuditException>(write);
            Assert.Equal(AuditCode.Usage, error.Code);
            Assert.Contains("external data file", error.Fix, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void AModel_MayBeWrittenOverTheFileItIsAViewOf()
    {
        var path = Path.Combine(_folder, "m.onnx");
        var model = new Model(new Graph("g"));
        model.Opsets.Add(new("", 17));
        model.Graph.SetInitializer("w", Tensor.FromFloats([3], [1, 2, 3]));
        OnnxWriter.Write(model, path, new OnnxWriteOptions { ExternalDataFile = "m.bin", ExternalThreshold = 0 });
        var read = OnnxReader.Read(path);
        read.SetMetadata("note", "second");
        OnnxWriter.Write(read, path, new OnnxWriteOptions { ExternalDataFile = "m.bin", ExternalThreshold = 0 });
        var again = OnnxReader.Read(path);
        Assert.Equal("second", again.MetadataOf("note"));
        Assert.Equal([1f, 2, 3], again.Graph.Find("w")!.Initializer!.ToFloats());
        Assert.Equal([1f, 2, 3], read.Graph.Find("w")!.Initializer!.ToFloats());
    }

    [Fact]
    public void RemovedNodesAndReplacedWeights_LeaveNoTrace()
    {
        var sketch = new Sketch();
        var relu = sketch.Node("Relu", [sketch.X]);
        relu.Type = new TensorType(ElementType.Float, [2]);
        sketch.Ends(sketch.Node("Gemm", [relu, sketch.Weight(6, 4)]));
        var model = OnnxReader.Read(OnnxWriter.ToBytes(sketch.Model), "before");
        model.Graph.Nodes[^1].SetInput(0, model.Graph.Inputs[0]);
        model.Graph.Remove(model.Graph.Nodes[0]);
        model.Graph.SetInitializer(model.Graph.Initializers[0].Name, Tensor.FromFloats([6, 2], new float[12]));
        var proto = ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(model));
        Assert.Equal("Gemm", Assert.Single(proto.Graph.Node).OpType);
        Assert.Empty(proto.Graph.ValueInfo);
        Assert.Equal([6, 2], Assert.Single(proto.Graph.Initializer).Dims);
    }

    [Fact]
    public void NewTypes_AreWrittenAsValueInfo()
    {
        var sketch = new Sketch();
        var relu = sketch.Node("Relu", [sketch.X]);
        relu.Type = new TensorType(ElementType.Float, [new Dim(null, "batch"), 6, new Dim(null, null)]);
        sketch.Ends(sketch.Node("Relu", [relu]));
        var info = Assert.Single(ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(sketch.Model)).Graph.ValueInfo);
        Assert.Equal((relu.Name, 1), (info.Name, info.Type.TensorType.ElemType));
        Assert.Equal("batch", info.Type.TensorType.Shape.Dim[0].DimParam);
        Assert.Equal(6, info.Type.TensorType.Shape.Dim[1].DimValue);
        Assert.Equal(TensorShapeProto.Types.Dimension.ValueOneofCase.None, info.Type.TensorType.Shape.Dim[2].ValueCase);
    }

    [Fact]
    public void FailedWrite_LeavesTheOldFile()
    {
        var path = Path.Combine(_folder, "m.onnx");
        File.WriteAllText(path, "old");
        var model = new Model(new Graph("g"));
        model.Graph.SetInitializer("w", Tensor.FromFloats([1], [1]));
        Assert.Throws<AuditException>(() => OnnxWriter.Write(model, path, new OnnxWriteOptions { Sparse = new HashSet<string> { "ghost" } }));
        Assert.Equal("old", File.ReadAllText(path));
        var error = Assert.Throws<AuditException>(() => OnnxWriter.Write(model, Path.Combine(path, "below", "m.onnx")));
        Assert.Equal(AuditCode.Environment, error.Code);
    }
}
