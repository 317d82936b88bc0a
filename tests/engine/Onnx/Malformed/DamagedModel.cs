using Google.Protobuf;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Onnx;

/// <summary>A good model of one Relu and one weight, damaged: it must be refused as invalid, naming its place and saying what was wrong.</summary>
internal sealed record DamagedModel(string Name, string Says, Func<byte[]> Damaged)
{
    public void IsRefused()
    {
        var error = Assert.Throws<AuditException>(() => OnnxReader.Read(Damaged(), "hostile.onnx"));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.StartsWith("hostile.onnx", error.Where, StringComparison.Ordinal);
        Assert.Contains(Says, error.Message, StringComparison.Ordinal);
    }

    /// <summary>True when the bytes are read and written again, false when they are refused; any other error escapes.</summary>
    public static bool Survives(byte[] bytes)
    {
        try
        {
            OnnxWriter.ToBytes(OnnxReader.Read(bytes, "damaged"));
            return true;
        }
        catch (AuditException e) when (e.Code == AuditCode.Invalid)
        {
            return false;
        }
    }

    public static byte[] Good() => Bytes(_ => { });

    public static byte[] Bytes(Action<ModelProto> damage)
    {
        var model = new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
            Graph = new GraphProto
            {
                Name = "g",
                Input = { new ValueInfoProto { Name = "x" } },
                Output = { new ValueInfoProto { Name = "y" } },
                Initializer = { new TensorProto { Name = "w", DataType = 1, Dims = { 2 }, RawData = ByteString.CopyFrom(new byte[8]) } },
                Node = { new NodeProto { Name = "relu", OpType = "Relu", Input = { "x" }, Output = { "y" } } },
            },
        };
        damage(model);
        return model.ToByteArray();
    }

    public static byte[] Weight(Action<TensorProto> damage) => Bytes(m => damage(m.Graph.Initializer[0]));

    public static SparseTensorProto Sparse(long[] dims, long[] indices, int values, int rank = 1, string name = "s")
    {
        var index = new TensorProto { DataType = 7, Dims = { indices.Length / rank }, Int64Data = { indices } };
        if (rank > 1) index.Dims.Add(rank);
        return new SparseTensorProto
        {
            Dims = { dims },
            Indices = index,
            Values = new TensorProto { Name = name, DataType = 1, Dims = { values }, FloatData = { new float[values] } }
        };
    }
}
