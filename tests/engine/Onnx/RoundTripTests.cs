using Google.Protobuf;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Google.Protobuf is the judge: what it writes, our reader and writer give back as the same message.</summary>
public class RoundTripTests
{
    public static TheoryData<ElementType> NumericTypes => [.. GeneratedModels.NumericTypes];

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

    [Fact]
    public void GeneratedModels_ComeBackByteForByte()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var before = new GeneratedModels(seed, unknownFields: false).Model().ToByteArray();
            var after = OnnxWriter.ToBytes(OnnxReader.Read(before, "generated"));
            Assert.True(before.AsSpan().SequenceEqual(after), Difference(seed, before, after));
        }
    }

    [Fact]
    public void UnknownFields_SurviveAtEveryLevel()
    {
        for (var seed = 1000; seed < 1120; seed++)
        {
            var before = new GeneratedModels(seed, unknownFields: true).Model();
            var after = ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(OnnxReader.Read(before.ToByteArray(), "generated")));
            Assert.True(before.Equals(after), Difference(seed, before.ToByteArray(), after.ToByteArray()));
        }
    }

    [Theory]
    [MemberData(nameof(NumericTypes))]
    public void TypedAndRawData_GiveTheSameBytes(ElementType type)
    {
        var generator = new GeneratedModels((int)type, unknownFields: false);
        for (var i = 0; i < 20; i++)
        {
            var typed = generator.Tensor(type, raw: false, "w");
            var tensor = Read(typed);
            Assert.Equal(typed.Dims, tensor.Dims.ToArray());
            var raw = new TensorProto { Name = "w", DataType = (int)type, Dims = { typed.Dims }, RawData = ByteString.CopyFrom(tensor.Data.Span) };
            Assert.True(Read(raw).Data.Span.SequenceEqual(tensor.Data.Span));
            Assert.Equal(Expected(typed, type), tensor.Data.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(NumericTypes))]
    public void OurOwnTensors_AreReadByProtobufAndBack(ElementType type)
    {
        var bytes = new byte[type.ByteLength(6)];
        new Random(3).NextBytes(bytes);
        var model = WithWeight(new Tensor(type, [2, 3], bytes));
        var proto = ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(model));
        var weight = Assert.Single(proto.Graph.Initializer);
        Assert.Equal(("w", (int)type), (weight.Name, weight.DataType));
        Assert.Equal([2, 3], weight.Dims);
        Assert.Equal(bytes, weight.RawData.ToByteArray());
        var back = OnnxReader.Read(proto.ToByteArray(), "again").Graph.Find("w")!.Initializer!;
        Assert.Equal(type, back.Type);
        Assert.Equal(bytes, back.Data.ToArray());
    }

    [Fact]
    public void UnpackedAndSplitLists_ReadLikePackedOnes()
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            output.WriteRawTag(0x0a, 2);
            output.WriteRawTag(1, 4);
            output.WriteRawTag(0x10, 1);
            foreach (var v in new[] { 1f, 2f }) { output.WriteTag(4, WireFormat.WireType.Fixed32); output.WriteFloat(v); }
            output.WriteTag(4, WireFormat.WireType.LengthDelimited);
            output.WriteLength(4);
            output.WriteFloat(3);
            output.WriteTag(4, WireFormat.WireType.Fixed32);
            output.WriteFloat(4);
            output.WriteTag(8, WireFormat.WireType.LengthDelimited);
            output.WriteString("w");
        }

        var tensor = Read(TensorProto.Parser.ParseFrom(buffer.ToArray()));
        var model = ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(WithWeight(tensor)));
        var own = OnnxReader.Read(Around(buffer.ToArray()), "unpacked").Graph.Find("w")!.Initializer!;
        Assert.Equal([1, 4], own.Dims.ToArray());
        Assert.Equal([1f, 2f, 3f, 4f], own.ToFloats());
        Assert.Equal([1f, 2f, 3f, 4f], model.Graph.Initializer[0].FloatData);
    }

    [Fact]
    public void MessageInTwoPieces_IsMerged()
    {
        var model = new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = 17 } } };
        var first = new ModelProto { Graph = new GraphProto { Input = { new ValueInfoProto { Name = "x" } } } };
        var second = new ModelProto { Graph = new GraphProto { Output = { new ValueInfoProto { Name = "x" } }, Name = "late" } };
        byte[] bytes = [.. model.ToByteArray(), .. first.ToByteArray(), .. second.ToByteArray()];
        var read = OnnxReader.Read(bytes, "pieces");
        Assert.Equal(("late", "x", "x"), (read.Graph.Name, read.Graph.Inputs[0].Name, read.Graph.Outputs[0].Name));
        Assert.Equal(ModelProto.Parser.ParseFrom(bytes), ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(read)));
    }

    [Fact]
    public void Edits_AreWrittenAndTheRestIsKept()
    {
        var proto = new GeneratedModels(5, unknownFields: false).Model();
        proto.Graph.Initializer.Add(new TensorProto
        {
            Name = "w",
            DataType = 1,
            Dims = { 2 },
            RawData = ByteString.CopyFrom(new byte[8]),
            DocString = "kept"
        });
        proto.Graph.Input.Add(new ValueInfoProto
        {
            Name = "old",
            DocString = "kept",
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1 }, Denotation = "IMAGE" }
        });
        proto.Graph.Node.Add(new NodeProto
        {
            OpType = "Relu",
            Input = { "old" },
            Output = { "y" },
            DocString = "kept",
            Attribute = { new AttributeProto { Name = "k", Type = 2, I = 4, DocString = "kept" } }
        });
        var model = OnnxReader.Read(proto.ToByteArray(), "edited");
        model.Graph.Rename(model.Graph.Find("old")!, "new");
        model.Graph.Rename(model.Graph.Find("w")!, "v");
        model.Graph.Nodes[^1].Set(model.Graph.Nodes[^1].Attribute("k")! with { Value = 0L });
        model.SetMetadata("added", "1");

        proto.Graph.Input[^1].Name = "new";
        proto.Graph.Initializer[^1].Name = "v";
        proto.Graph.Node[^1].Input[0] = "new";
        proto.Graph.Node[^1].Attribute[0].I = 0;
        proto.MetadataProps.Add(new StringStringEntryProto { Key = "added", Value = "1" });
        Assert.Equal(proto, ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(model)));
    }

    private static string Difference(int seed, byte[] before, byte[] after)
    {
        var (a, b) = (ModelProto.Parser.ParseFrom(before).ToString(), ModelProto.Parser.ParseFrom(after).ToString());
        var at = a.Zip(b).TakeWhile(p => p.First == p.Second).Count();
        return $"seed {seed}, at {at}: …{a[Math.Max(0, at - 80)..Math.Min(a.Length, at + 120)]}\nbut got …{b[Math.Max(0, at - 80)..Math.Min(b.Length, at + 120)]}";
    }

    private static byte[] Around(byte[] tensor)
    {
        byte[] graph = [0x2a, (byte)tensor.Length, .. tensor];
        byte[] head = new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = 17 } } }.ToByteArray();
        return [.. head, 0x3a, (byte)graph.Length, .. graph];
    }

    private static Tensor Read(TensorProto tensor)
    {
        var model = new ModelProto { IrVersion = 8, Graph = new GraphProto { Initializer = { tensor } } };
        return OnnxReader.Read(model.ToByteArray(), "tensor").Graph.Find("w")!.Initializer!;
    }

    private static Model WithWeight(Tensor tensor)
    {
        var model = new Model(new Graph("g"));
        model.Opsets.Add(new("", 17));
        model.Graph.SetInitializer("w", tensor);
        return model;
    }

    // The published rule for each field, written out plainly.
    private static byte[] Expected(TensorProto t, ElementType type) => type switch
    {
        ElementType.Float or ElementType.Complex64 => [.. t.FloatData.SelectMany(BitConverter.GetBytes)],
        ElementType.Double or ElementType.Complex128 => [.. t.DoubleData.SelectMany(BitConverter.GetBytes)],
        ElementType.Int64 => [.. t.Int64Data.SelectMany(BitConverter.GetBytes)],
        ElementType.UInt64 => [.. t.Uint64Data.SelectMany(BitConverter.GetBytes)],
        ElementType.UInt32 => [.. t.Uint64Data.SelectMany(v => BitConverter.GetBytes((uint)v))],
        ElementType.Int32 => [.. t.Int32Data.SelectMany(BitConverter.GetBytes)],
        _ when type.Bits() == 16 => [.. t.Int32Data.SelectMany(v => BitConverter.GetBytes((ushort)v))],
        _ => [.. t.Int32Data.Select(v => (byte)v)],
    };
}
