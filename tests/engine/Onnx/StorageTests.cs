using Google.Protobuf;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Oracles;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Sparse, external and memory-given initializers: what is written, what is read back, and that ONNX Runtime computes the same.</summary>
public sealed class StorageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onnxaudit-storage-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<ElementType> RuntimeTypes =>
    [
        ElementType.Float, ElementType.Double, ElementType.Float16, ElementType.BFloat16, ElementType.Int8, ElementType.UInt8,
            ElementType.Int16, ElementType.UInt16,
        ElementType.Int32, ElementType.UInt32, ElementType.Int64, ElementType.UInt64, ElementType.Bool, ElementType.Float8E4M3FN,
            ElementType.Float8E5M2, ElementType.Int4, ElementType.UInt4,
    ];

    // The runtime casts the weight to float: it must see the same elements however they are stored.
    [Theory]
    [MemberData(nameof(RuntimeTypes))]
    public void Runtime_SeesTheSameWeights_HoweverTheyAreStored(ElementType type)
    {
        var model = Casting(type, 5000);
        var expected = Run(OrtSession.FromMemory(RuntimeLibrary.Loaded, OnnxWriter.ToBytes(model), "embedded", new SessionSettings()));
        Assert.Equal(model.Graph.Find("w")!.Initializer!.ToFloats(), expected);

        var path = Path.Combine(_folder, "external.onnx");
        OnnxWriter.Write(model, path, new OnnxWriteOptions { ExternalDataFile = "external.bin", ExternalThreshold = 0 });
        Assert.Equal(expected, Run(OrtSession.FromFile(RuntimeLibrary.Loaded, path, new SessionSettings())));
        var external = OnnxReader.Read(path);
        Assert.Equal("external.bin", ((TensorStorage)external.Graph.Find("w")!.Initializer!.Storage!).Location);
        Assert.Equal(expected, Run(OrtSession.FromMemory(RuntimeLibrary.Loaded, OnnxWriter.ToBytes(external), "gathered", new SessionSettings())));
        if (type.Bits() < 8) return;

        var sparse = OnnxReader.Read(OnnxWriter.ToBytes(model, new OnnxWriteOptions { Sparse = new HashSet<string> { "w" } }), "sparse");
        Assert.Equal(TensorForm.Sparse, ((TensorStorage)sparse.Graph.Find("w")!.Initializer!.Storage!).Form);
        Assert.True(model.Graph.Find("w")!.Initializer!.Data.Span.SequenceEqual(sparse.Graph.Find("w")!.Initializer!.Data.Span));
        var dense = OnnxWriter.ToBytes(sparse, new OnnxWriteOptions { Sparse = new HashSet<string>() });
        Assert.Equal(expected, Run(OrtSession.FromMemory(RuntimeLibrary.Loaded, dense, "dense again", new SessionSettings())));
    }

    [Theory]
    [InlineData(ElementType.Float)]
    [InlineData(ElementType.Double)]
    [InlineData(ElementType.Int64)]
    public void Runtime_ReadsOurSparseInitializers(ElementType type)
    {
        var model = Casting(type, 64);
        var bytes = OnnxWriter.ToBytes(model, new OnnxWriteOptions { Sparse = new HashSet<string> { "w" } });
        Assert.Equal(model.Graph.Find("w")!.Initializer!.ToFloats(),
            Run(OrtSession.FromMemory(RuntimeLibrary.Loaded, bytes, "sparse", new SessionSettings())));
    }

    [Theory]
    [InlineData(ElementType.Float)]
    [InlineData(ElementType.Int8)]
    public void Runtime_TakesExternalisedInitializersFromMemory(ElementType type)
    {
        var model = Casting(type, 300);
        var weight = model.Graph.Find("w")!.Initializer!;
        var bytes = OnnxWriter.ToBytes(model, new OnnxWriteOptions { Externalised = new HashSet<string> { "w" } });
        Assert.True(bytes.Length < 300);
        Assert.Equal(weight.ToFloats(), Run(OrtSession.FromMemory(RuntimeLibrary.Loaded, bytes, "given", new SessionSettings(), [new("w", weight)])));
    }

    [SkippableTheory]
    [InlineData("models/resnet20_cifar10_dense.onnx", 3, 32)]
    [InlineData("models/resnet20_cifar10_mag50.onnx", 3, 32)]
    [InlineData("models/lenet5_fmnist.onnx", 1, 28)]
    public void SharedModel_GivesTheSameLogits_InEveryStorage(string file, int channels, int size)
    {
        var path = SharedData.Require(file);
        var model = OnnxReader.Read(path);
        var weights = model.Graph.Initializers.Select(v => v.Name).ToHashSet();
        var expected = Run(OrtSession.FromFile(RuntimeLibrary.Loaded, path, new SessionSettings()), channels, size);
        var external = Path.Combine(_folder, "e.onnx");
        OnnxWriter.Write(model, external, new OnnxWriteOptions { ExternalDataFile = "e.bin" });
        Assert.Equal(expected, Run(OrtSession.FromFile(RuntimeLibrary.Loaded, external, new SessionSettings()), channels, size));
        var sparse = OnnxWriter.ToBytes(model, new OnnxWriteOptions { Sparse = weights });
        Assert.Equal(expected, Run(OrtSession.FromMemory(RuntimeLibrary.Loaded, sparse, file, new SessionSettings()), channels, size));
        var given = OnnxWriter.ToBytes(model, new OnnxWriteOptions { Externalised = weights });
        var tensors = model.Graph.Initializers.Select(v => new KeyValuePair<string, Tensor>(v.Name, v.Initializer!)).ToList();
        Assert.Equal(expected, Run(OrtSession.FromMemory(RuntimeLibrary.Loaded, given, file, new SessionSettings(), tensors), channels, size));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SparseInitializer_IsReadAsDenseThatKnowsItsNonZeros(bool coordinates)
    {
        var indices = new TensorProto { DataType = 7, Dims = { 2 }, Int64Data = { coordinates ? [0L, 1, 2, 0] : [1L, 6] } };
        if (coordinates) indices.Dims.Add(2);
        var values = new TensorProto { Name = "s", DataType = 1, Dims = { 2 }, FloatData = { 5, -7 } };
        var model = new ModelProto
        {
            IrVersion = 8,
            Graph = new GraphProto
            {
                SparseInitializer = { new SparseTensorProto { Dims = { 3, 3 }, Values = values,
                Indices = indices } }
            }
        };
        var tensor = OnnxReader.Read(model.ToByteArray(), "sparse").Graph.Find("s")!.Initializer!;
        Assert.Equal([0f, 5, 0, 0, 0, 0, -7, 0, 0], tensor.ToFloats());
        Assert.Equal(2, tensor.KnownNonZero);
        Assert.Equal([3, 3], tensor.Dims.ToArray());
    }

    [Fact]
    public void NegativeZeroAndNaN_SurviveSparseStorage()
    {
        float[] values = [0, -0f, float.NaN, 0, float.Epsilon];
        var model = WithWeight(Tensor.FromFloats([5], values));
        var proto = ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(model, new OnnxWriteOptions { Sparse = new HashSet<string> { "w" } }));
        var sparse = Assert.Single(proto.Graph.SparseInitializer);
        Assert.Equal([1L, 2, 4], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(sparse.Indices.RawData.Span).ToArray());
        var back = OnnxReader.Read(proto.ToByteArray(), "sparse").Graph.Find("w")!.Initializer!;
        Assert.True(back.Data.Span.SequenceEqual(model.Graph.Find("w")!.Initializer!.Data.Span));
    }

    [Fact]
    public void ExternalOffsets_AreAligned()
    {
        var model = new Model(new Graph("g"));
        foreach (var (name, count) in new[] { ("a", 5), ("b", 1 << 18), ("c", 3) })
            model.Graph.SetInitializer(name, Tensor.FromFloats([count], new float[count]));
        OnnxWriter.Write(model, Path.Combine(_folder, "m.onnx"), new OnnxWriteOptions { ExternalDataFile = "m.bin", ExternalThreshold = 1 });
        var proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(_folder, "m.onnx")));
        var offsets = proto.Graph.Initializer.Select(t => t.ExternalData.First(e => e.Key == "offset").Value);
        Assert.Equal(["0", "4096", (4096 + (1 << 20)).ToString(System.Globalization.CultureInfo.InvariantCulture)], offsets);
        Assert.Equal(4096 + (1 << 20) + 12, new FileInfo(Path.Combine(_folder, "m.bin")).Length);
        Assert.Equal(["m.bin", "m.onnx"], Directory.GetFiles(_folder).Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public void SmallInitializers_StayInTheModel()
    {
        var model = WithWeight(Tensor.FromFloats([5], new float[5]));
        OnnxWriter.Write(model, Path.Combine(_folder, "m.onnx"), new OnnxWriteOptions { ExternalDataFile = "m.bin" });
        Assert.False(File.Exists(Path.Combine(_folder, "m.bin")));
    }

    [Fact]
    public void LinkWithinTheFolder_IsFollowed()
    {
        var model = WithWeight(Tensor.FromFloats([2], [3, 4]));
        OnnxWriter.Write(model, Path.Combine(_folder, "m.onnx"), new OnnxWriteOptions { ExternalDataFile = "m.bin", ExternalThreshold = 0 });
        File.Move(Path.Combine(_folder, "m.bin"), Path.Combine(_folder, "real.bin"));
        File.CreateSymbolicLink(Path.Combine(_folder, "m.bin"), "real.bin");
        var entrance = Path.Combine(_folder, "entrance");
        Directory.CreateSymbolicLink(entrance, _folder);
        Assert.Equal([3f, 4], OnnxReader.Read(Path.Combine(entrance, "m.onnx")).Graph.Find("w")!.Initializer!.ToFloats());
    }

    public static TheoryData<string, string> WrongOptions => new()
    {
        { "sparse ghost", "no such initializer" },
        { "sparse half byte", "whole bytes" },
        { "external in a folder", "plain file name" },
        { "external in memory", "no external file" },
        { "external over the model", "two file names" },
    };

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public void OptionsThatDoNotFit_AreUsageErrors(string which, string says)
    {
        var model = WithWeight(new Tensor(which == "sparse half byte" ? ElementType.Int4 : ElementType.Int8, [2],
            new byte[which == "sparse half byte" ? 1 : 2]));
        var path = Path.Combine(_folder, "m.onnx");
        var error = Assert.Throws<AuditException>(() =>
        {
            switch (which)
            {
                case "sparse ghost": OnnxWriter.ToBytes(model, new OnnxWriteOptions { Sparse = new HashSet<string> { "ghost" } }); break;
                case "sparse half byte": OnnxWriter.ToBytes(model, new OnnxWriteOptions { Sparse = new HashSet<string> { "w" } }); break;
                case "external in a folder": OnnxWriter.Write(model, path, new OnnxWriteOptions { ExternalDataFile = "../m.bin" }); break;
                case "external in memory": OnnxWriter.ToBytes(model, new OnnxWriteOptions { ExternalDataFile = "m.bin" }); break;
                default: OnnxWriter.Write(model, path, new OnnxWriteOptions { ExternalDataFile = "m.onnx", ExternalThreshold = 0 }); break;
            }
        });
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private static Model WithWeight(Tensor tensor)
    {
        var model = new Model(new Graph("g"));
        model.Graph.SetInitializer("w", tensor);
        return model;
    }

    // y = x + float(w), where about half of w is zero.
    private static Model Casting(ElementType type, int count)
    {
        var random = new Random((int)type);
        var bytes = new byte[type.ByteLength(count)];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = type == ElementType.Bool ? (byte)random.Next(2) : (byte)(random.Next(2) * random.Next(0x30));
        var sketch = new Sketch(21, 10, count);
        var weight = sketch.Graph.SetInitializer("w", new Tensor(type, [count], bytes));
        var cast = sketch.Node("Cast", [weight], NodeAttribute.Of("to", (long)ElementType.Float));
        return sketch.Ends(sketch.Node("Add", [sketch.X, cast]), count);
    }

    private static float[] Run(OrtSession session)
    {
        using (session)
        {
            using var x = OrtTensor.Over(new float[session.Inputs[0].Shape[0].Size!.Value].AsMemory(), [session.Inputs[0].Shape[0].Size!.Value]);
            using var y = session.Run([("x", x)], [session.Outputs[0].Name])[0];
            return y.Span<float>().ToArray();
        }
    }

    private static float[] Run(OrtSession session, int channels, int size)
    {
        using (session)
        {
            var random = new Random(1);
            var values = new float[2 * channels * size * size];
            foreach (ref var v in values.AsSpan()) v = random.NextSingle() * 4 - 2;
            using var x = OrtTensor.Over(values.AsMemory(), [2, channels, size, size]);
            using var y = session.Run([("input", x)], ["logits"])[0];
            return y.Span<float>().ToArray();
        }
    }
}
