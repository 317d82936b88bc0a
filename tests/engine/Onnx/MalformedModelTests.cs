using System.Text;
using Google.Protobuf;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Damaged and hostile models: each is refused as invalid, names its place, and says what was wrong.</summary>
public sealed class MalformedModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onnxaudit-malformed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly (string Name, string Says, Func<byte[]> Bytes)[] Corpus =
    [
        ("not protobuf", "wire type", () => [0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2]),
        ("a picture", "", () => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
        ("plain text", "", () => Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n")),
        ("no graph", "no graph", () => new ModelProto { IrVersion = 8 }.ToByteArray()),
        ("no IR version", "IR version 0", () => Bytes(m => m.ClearIrVersion())),
        ("old IR version", "IR version 2", () => Bytes(m => m.IrVersion = 2)),
        ("no operator set", "no version of ONNX's operator set", () => Bytes(m => m.OpsetImport.Clear())),
        ("old operator set", "operator set 6", () => Bytes(m => m.OpsetImport[0].Version = 6)),
        ("future operator set", "operator set 27", () => Bytes(m => m.OpsetImport[0].Version = 27)),
        ("field number 0", "tag 0", () => [.. Good(), 0x00, 0x01]),
        ("unknown wire type", "wire type 7", () => [.. Good(), 0x0f]),
        ("end of a group never begun", "was not begun", () => [.. Good(), 0x0c]),
        ("unfinished group", "within a group", () => [.. Good(), 0xa3, 0x38, 0x08, 0x01]),
        ("crossed groups", "end of group", () => [.. Good(), 0xa3, 0x38, 0xac, 0x38]),
        ("groups without end", "nested too deep", () => [.. Good(), .. Enumerable.Repeat(new byte[] { 0xa3, 0x38 }, 5000).SelectMany(b => b)]),
        ("endless varint", "over 64 bits", () => [.. Good(), 0x08, .. Enumerable.Repeat((byte)0xff, 10), 0x01]),
        ("cut varint", "within a number", () => [.. Good(), 0x08, 0x80]),
        ("cut fixed32", "within a number", () => [.. Good(), 0xa5, 0x38, 1, 2]),
        ("a length of 2^63", "9223372036854775807 bytes", () => [.. Good(), 0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
        ("a length one too long", "field 7 of 5 bytes", () => [.. Good(), 0x3a, 5, 0, 0, 0, 0]),
        ("graph as a number", "field 7 with wire type Varint", () => [.. Good(), 0x38, 0x01]),
        ("IR version as text", "field 1 with wire type Bytes", () => [.. Good(), 0x0a, 0x00]),
        ("name that is not UTF-8", "not UTF-8", () => Replace(Bytes(m => m.Graph.Node[0].Name = "XYZW"), "XYZW", [0xff, 0xfe, 0x80, 0x41])),
        ("node without operator", "without an operator", () => Bytes(m => m.Graph.Node[0].ClearOpType())),
        ("input nothing defines", "'ghost', which nothing defines", () => Bytes(m => m.Graph.Node[0].Input[0] = "ghost")),
        ("output nothing defines", "graph output 'ghost'", () => Bytes(m => m.Graph.Output[0].Name = "ghost")),
        ("output without a name", "graph output ''", () => Bytes(m => m.Graph.Output[0].ClearName())),
        ("input without a name", "input without a name", () => Bytes(m => m.Graph.Input.Add(new ValueInfoProto()))),
        ("two inputs of a name", "graph input 'x' twice", () => Bytes(m => m.Graph.Input.Add(new ValueInfoProto { Name = "x" }))),
        ("two outputs of a name", "graph output 'y' twice", () => Bytes(m => m.Graph.Output.Add(new ValueInfoProto { Name = "y" }))),
        ("two initializers of a name", "initializer 'w' twice", () => Bytes(m => m.Graph.Initializer.Add(m.Graph.Initializer[0].Clone()))),
        ("dense and sparse of a name", "initializer 'w' twice", () => Bytes(m => m.Graph.SparseInitializer.Add(Sparse([2], [0], 1, name: "w")))),
        ("two makers of a value", "output 'y'", () => Bytes(m => m.Graph.Node.Add(m.Graph.Node[0].Clone()))),
        ("maker of an initializer", "is an initializer", () => Bytes(m => m.Graph.Node[0].Output.Add("w"))),
        ("maker of an input", "is a graph input", () => Bytes(m => m.Graph.Node[0].Output.Add("x"))),
        ("output named twice in a node", "names twice", () => Bytes(m => m.Graph.Node[0].Output.Add("y"))),
        ("cycle", "on a cycle", () => Bytes(m => { m.Graph.Node[0].Input[0] = "z"; m.Graph.Node.Add(Node("Relu", "y", "z")); })),
        ("node that feeds itself", "on a cycle", () => Bytes(m => m.Graph.Node[0].Input[0] = "y")),
        ("cycle through a subgraph", "on a cycle", () => Bytes(m => m.Graph.Node[0].Attribute.Add(Subgraph(Node("Relu", "y", "inner"))))),
        ("subgraph input nothing defines", "node 'relu' (Relu), attribute 'body'", () =>
            Bytes(m => m.Graph.Node[0].Attribute.Add(Subgraph(Node("Relu", "ghost", "inner"))))),
        ("attribute twice", "attribute 'k' twice", () => Bytes(m => m.Graph.Node[0].Attribute.Add([Int("k"), Int("k")]))),
        ("attribute without a name", "attribute without a name", () => Bytes(m => m.Graph.Node[0].Attribute.Add(Int("")))),
        ("attribute of no kind", "type 99", () => Bytes(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "k", Type = 99 }))),
        ("attribute without value", "without a value", () => Bytes(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "k" }))),
        ("attribute of two values", "several values", () =>
            Bytes(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "k", I = 1, F = 2 }))),
        ("tensor attribute without tensor", "no Tensor", () =>
            Bytes(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "k", Type = 4 }))),
        ("deep subgraphs", "nested over 100 deep", () => Bytes(m => Nest(m.Graph, 60))),
        ("deep types", "nested over 100 deep", () => Bytes(m => m.Graph.Input[0].Type = Deep(120))),
        ("negative dimension", "no negative dimension", () => Weight(w => w.Dims[0] = -1)),
        ("overflowing dimensions", "fewer than 2^63", () => Weight(w => w.Dims.Add([1L << 40, 1L << 40]))),
        ("dimensions that overflow behind a zero", "fewer than 2^63", () => Weight(w => { w.Dims.Clear(); w.Dims.Add([0, 1L << 40, 1L << 40]); w.ClearRawData(); })),
        ("dimensions that overflow to zero", "fewer than 2^63", () =>
            Weight(w => { w.Dims.Clear(); w.Dims.Add([1L << 32, 1L << 32]); w.ClearRawData(); })),
        ("more elements than bytes", "8 bytes of raw_data", () => Weight(w => w.Dims[0] = 3)),
        ("fewer elements than bytes", "8 bytes of raw_data", () => Weight(w => w.Dims[0] = 1)),
        ("a terabyte claimed", "at most 2147483647 bytes", () => Weight(w => w.Dims[0] = 1L << 38)),
        ("no data", "0 entries in float_data", () => Weight(w => w.ClearRawData())),
        ("unknown element type", "element type 99", () => Weight(w => w.DataType = 99)),
        ("no element type", "element type 0", () => Weight(w => w.ClearDataType())),
        ("negative element type", "element type -3", () => Weight(w => w.DataType = -3)),
        ("data in two fields", "both raw_data and float_data", () => Weight(w => w.FloatData.Add([1, 2]))),
        ("data in the wrong field", "int64_data", () => Weight(w => { w.ClearRawData(); w.Int64Data.Add([1, 2]); })),
        ("too few floats", "1 entries in float_data", () => Weight(w => { w.ClearRawData(); w.FloatData.Add(1); })),
        ("a byte out of range", "300 in int32_data", () => Weight(w => { w.ClearRawData(); w.DataType = 3; w.Int32Data.Add([300, 0]); })),
        ("raw strings", "string_data for String", () => Weight(w => w.DataType = 8)),
        ("too few strings", "1 strings", () => Weight(w => { w.ClearRawData(); w.DataType = 8; w.StringData.Add(ByteString.Empty); })),
        ("segment", "a segment of a tensor", () => Weight(w => w.Segment = new TensorProto.Types.Segment { Begin = 0, End = 1 })),
        ("initializer without a name", "initializer without a name", () => Weight(w => w.ClearName())),
        ("ragged packed floats", "entries in float_data", () => WithTensor([0x08, 2, 0x10, 1, 0x42, 1, (byte)'v', 0x22, 7, 0, 0, 0, 0, 0, 0, 0])),
        ("a number cut off in packed data", "a cut-off number in int64_data", () =>
            WithTensor([0x08, 1, 0x10, 7, 0x42, 1, (byte)'v', 0x3a, 2, 1, 0x80])),
        ("a number cut off in packed dimensions", "a cut-off number", () => WithTensor([0x0a, 2, 1, 0x80, 0x10, 7, 0x42, 1, (byte)'v'])),
        ("sparse index beyond the end", "index 2", () => WithSparse(Sparse([2], [2], 1))),
        ("sparse negative index", "index -1", () => WithSparse(Sparse([2], [-1], 1))),
        ("sparse indices out of order", "rising order", () => WithSparse(Sparse([4], [2, 1], 2))),
        ("sparse index twice", "rising order", () => WithSparse(Sparse([4], [1, 1], 2))),
        ("sparse coordinate beyond its axis", "coordinate 3 in dimension 1", () => WithSparse(Sparse([2, 3], [0, 3], 1, rank: 2))),
        ("sparse indices of another count", "indices of shape [1]", () => WithSparse(Sparse([4], [1], 2))),
        ("sparse indices of another type", "indices of Float", () =>
            WithSparse(With(Sparse([4], [1], 1), s =>
                { s.Indices.DataType = 1; s.Indices.Int64Data.Clear(); s.Indices.FloatData.Add(1); }))),
        ("sparse without values", "without values or indices", () => WithSparse(new SparseTensorProto { Dims = { 2 } })),
        ("sparse bomb", "bytes when dense", () => WithSparse(Sparse([1L << 28], [0], 1))),
        ("many small sparse bombs", "bytes when dense", () =>
            Bytes(m => { for (var i = 0; i < 40; i++) m.Graph.SparseInitializer.Add(Sparse([1L << 22], [0], 1, name: $"s{i}")); })),
        ("negative dimension of a type", "dimension -5", () => Bytes(m =>
            m.Graph.Input[0].Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1,
                Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimValue = -5 } } } } })),
        ("external data of a model in memory", "a model that holds its own weights", () => External("w.bin")),
    ];

    public static TheoryData<string> Cases => [.. Corpus.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void MalformedModel_IsInvalidAndSaysWhy(string name)
    {
        var (_, says, bytes) = Corpus.First(c => c.Name == name);
        var error = Assert.Throws<AuditException>(() => OnnxReader.Read(bytes(), "hostile.onnx"));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.StartsWith("hostile.onnx", error.Where, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheModelThatTheCorpusDamages_IsFine() => Assert.Single(OnnxReader.Read(Good(), "good.onnx").Graph.Nodes);

    public static TheoryData<string, string> Locations => new()
    {
        { "../secret.bin", "'..'" },
        { "sub/../../secret.bin", "'..'" },
        { "/etc/passwd", "an absolute path" },
        { "C:\\secret.bin", "an absolute path" },
        { "..\\secret.bin", "'..'" },
        { "", "an absolute path" },
        { "a\0b", "an absolute path" },
        { "link.bin", "symbolic link that leaves" },
        { "folder/secret.bin", "symbolic link that leaves" },
        { "loop.bin", "chain of symbolic links" },
        { "missing.bin", "no file" },
        { "empty.bin", "empty" },
        { "inner", "a folder" },
    };

    [Theory]
    [MemberData(nameof(Locations))]
    public void ExternalDataOutsideTheFolder_IsRefused(string location, string says)
    {
        var inside = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        Directory.CreateDirectory(Path.Combine(inside, "inner"));
        File.WriteAllBytes(Path.Combine(_folder, "secret.bin"), new byte[8]);
        File.WriteAllBytes(Path.Combine(inside, "empty.bin"), []);
        File.CreateSymbolicLink(Path.Combine(inside, "link.bin"), Path.Combine(_folder, "secret.bin"));
        File.CreateSymbolicLink(Path.Combine(inside, "folder"), "..");
        File.CreateSymbolicLink(Path.Combine(inside, "loop.bin"), "loop.bin");
        var path = Path.Combine(inside, "m.onnx");
        File.WriteAllBytes(path, External(location));
        var error = Assert.Throws<AuditException>(() => OnnxReader.Read(path));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains("tensor 'w'", error.Where, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "16", "an external length of 16 bytes")]
    [InlineData("4", null, "bytes 4 to 12")]
    [InlineData("9223372036854775807", "8", "bytes 9223372036854775807 to")]
    [InlineData("-1", "8", "external offset '-1'")]
    [InlineData("99999999999999999999", "8", "external offset")]
    [InlineData("0x10", "8", "external offset '0x10'")]
    [InlineData("0", "eight", "external length 'eight'")]
    public void ExternalRangeThatDoesNotFit_IsRefused(string offset, string? length, string says)
    {
        var path = Path.Combine(_folder, "m.onnx");
        File.WriteAllBytes(Path.Combine(_folder, "w.bin"), new byte[8]);
        File.WriteAllBytes(path, External("w.bin", offset, length));
        var error = Assert.Throws<AuditException>(() => OnnxReader.Read(path));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingAndEmptyFilesAndFolders_AreInvalid()
    {
        File.WriteAllBytes(Path.Combine(_folder, "empty.onnx"), []);
        foreach (var (path, says) in new[] { (Path.Combine(_folder, "no.onnx"), "no file"), (Path.Combine(_folder, "empty.onnx"), "empty"),
            (_folder, "a folder") })
        {
            var error = Assert.Throws<AuditException>(() => OnnxReader.Read(path));
            Assert.Equal(AuditCode.Invalid, error.Code);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void EveryTruncation_IsInvalidOrAWholeModel()
    {
        var whole = new GeneratedModels(3, unknownFields: true).Model().ToByteArray();
        var refused = 0;
        for (var length = 0; length < whole.Length; length++) refused += Survives(whole[..length]) ? 0 : 1;
        Assert.True(refused > whole.Length * 9 / 10, $"{refused} of {whole.Length} refused");
    }

    // Whatever a flipped, inserted or dropped byte makes of a model, the outcome is a model or an AuditException, never another error.
    [Fact]
    public void RandomDamage_NeverEscapesAsAnotherError()
    {
        var random = new Random(99);
        var wholes = Enumerable.Range(0, 40).Select(seed => new GeneratedModels(seed, unknownFields: seed % 2 == 0).Model().ToByteArray()).ToArray();
        var refused = 0;
        for (var round = 0; round < 4000; round++)
        {
            var bytes = wholes[round % wholes.Length].ToList();
            for (var hits = random.Next(1, 4); hits > 0; hits--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(3))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes.Insert(at, (byte)random.Next(256)); break;
                    default: bytes.RemoveAt(at); break;
                }
            }

            if (!Survives([.. bytes])) refused++;
        }

        Assert.True(refused > 1000, $"{refused} refused");
    }

    // The same for what reads models further: a damaged head is found or not, but never an error of another kind.
    [Fact]
    public void RandomDamageOfHeads_NeverEscapesAsAnotherError()
    {
        var random = new Random(7);
        var found = 0;
        foreach (var name in HeadForms.Names)
        {
            var whole = OnnxWriter.ToBytes(HeadForms.Build(name).Model);
            for (var round = 0; round < 150; round++)
            {
                var bytes = whole.ToArray();
                for (var hits = random.Next(1, 4); hits > 0; hits--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                try
                {
                    var model = OnnxReader.Read(bytes, "damaged");
                    if (HeadFinder.Find(model).Head is not { } head) continue;
                    head.Expose(model);
                    found++;
                }
                catch (AuditException e) when (e.Code == AuditCode.Invalid)
                {
                    continue;
                }
            }
        }

        Assert.True(found > 300, $"{found} found");
    }

    public static TheoryData<string> Explosions => ["pieces", "outputs", "outer outputs", "products"];

    // Each of these grew with the square of the file, or worse, before it was bounded.
    [Theory(Timeout = 20_000)]
    [MemberData(nameof(Explosions))]
    public async Task ModelsMadeToExplode_AreReadInTime(string kind)
    {
        var bytes = Bytes(m =>
        {
            switch (kind)
            {
                case "outputs": m.Graph.Node[0].Output.Add(Enumerable.Range(0, 100_000).Select(i => $"o{i}")); break;
                case "outer outputs":
                    m.Graph.Input.Add(Enumerable.Range(0, 100_000).Select(i => new ValueInfoProto { Name = $"i{i}" }));
                    m.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "body", Type = 5, G = new GraphProto { Output = { m.Graph.Input.Skip(1) } } });
                    break;
                case "products":
                    for (var i = 0; i < 200; i++) m.Graph.Node.Add(new NodeProto { OpType = "Mul", Input = { i == 0 ? "w" : $"p{i - 1}", i == 0 ? "w" : $"p{i - 1}" }, Output = { $"p{i}" } });
                    m.Graph.Output[0].Name = "p199";
                    break;
            }
        });
        if (kind == "pieces") bytes = [.. bytes, .. Enumerable.Repeat(new byte[] { 0x3a, 4, 0x72, 2, 0x0a, 0 }, 200_000).SelectMany(b => b)];
        var model = await Task.Run(() => OnnxReader.Read(bytes, kind));
        Assert.Null(await Task.Run(() => HeadFinder.Find(model).Head));
    }

    // Objects cost far more than the two bytes a field can take, so their number is bounded; lower bounds keep the test small.
    [Fact]
    public void TooManyNodesOrFields_AreRefused()
    {
        byte[] nodes = [.. Good(), 0x3a, 100, .. Enumerable.Repeat(new byte[] { 0x0a, 3, 0x22, 1, (byte)'A' }, 20).SelectMany(b => b)];
        byte[] fields = [.. Good(), .. Enumerable.Repeat(new byte[] { 0xa0, 0x38, 1 }, 200).SelectMany(b => b)];
        Assert.Contains("over 20 nodes", Refused(nodes, 1000, 20).Message, StringComparison.Ordinal);
        Assert.Contains("over 200 fields", Refused(fields, 200, 20).Message, StringComparison.Ordinal);
        Assert.Equal(21, OnnxReader.Read(nodes, "within the bounds").Graph.Nodes.Count);

        static AuditException Refused(byte[] bytes, int mostFields, int mostNodes) => Assert.Throws<AuditException>(() =>
            ModelReader.Read(new ReadContext("many", new ExternalFolder(null), mostFields, mostNodes), new WireBytes(bytes, 0)));
    }

    [Fact]
    public void NaNWeights_AreData()
    {
        var model = OnnxReader.Read(Weight(w =>
            w.RawData = ByteString.CopyFrom([.. BitConverter.GetBytes(float.NaN), .. BitConverter.GetBytes(float.NegativeInfinity)])),
                "nan.onnx");
        Assert.Equal([float.NaN, float.NegativeInfinity], model.Graph.Find("w")!.Initializer!.Span<float>().ToArray());
    }

    private static bool Survives(byte[] bytes)
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

    private static byte[] Good() => Bytes(_ => { });

    private static byte[] Bytes(Action<ModelProto> damage)
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

    private static byte[] Weight(Action<TensorProto> damage) => Bytes(m => damage(m.Graph.Initializer[0]));

    // A second graph field is merged into the first: it adds an initializer of these very bytes.
    private static byte[] WithTensor(byte[] tensor) => [.. Good(), 0x3a, (byte)(tensor.Length + 2), 0x2a, (byte)tensor.Length, .. tensor];

    private static byte[] WithSparse(SparseTensorProto sparse) => Bytes(m => m.Graph.SparseInitializer.Add(sparse));

    private static byte[] External(string location, string offset = "0", string? length = "8") => Weight(w =>
    {
        w.ClearRawData();
        w.DataLocation = 1;
        w.ExternalData.Add([new StringStringEntryProto { Key = "location", Value = location },
            new StringStringEntryProto { Key = "offset", Value = offset }]);
        if (length is not null) w.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = length });
    });

    private static SparseTensorProto Sparse(long[] dims, long[] indices, int values, int rank = 1, string name = "s")
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

    private static SparseTensorProto With(SparseTensorProto sparse, Action<SparseTensorProto> damage)
    {
        damage(sparse);
        return sparse;
    }

    private static NodeProto Node(string op, string input, string output) => new() { OpType = op, Input = { input }, Output = { output } };

    private static AttributeProto Int(string name) => new() { Name = name, Type = 2, I = 1 };

    private static AttributeProto Subgraph(NodeProto node) => new()
    {
        Name = "body",
        Type = 5,
        G = new GraphProto { Node = { node }, Output = { new ValueInfoProto { Name = node.Output[0] } } },
    };

    private static void Nest(GraphProto graph, int depth)
    {
        for (; depth > 0; depth--)
        {
            var inner = new GraphProto();
            graph.Node.Add(new NodeProto { OpType = "If", Attribute = { new AttributeProto { Name = "body", Type = 5, G = inner } } });
            graph = inner;
        }
    }

    private static TypeProto Deep(int depth)
    {
        var type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1 } };
        for (; depth > 0; depth--) type = new TypeProto { SequenceType = new TypeProto.Types.Sequence { ElemType = type } };
        return type;
    }

    private static byte[] Replace(byte[] bytes, string old, byte[] with)
    {
        var at = bytes.AsSpan().IndexOf(Encoding.Latin1.GetBytes(old));
        with.CopyTo(bytes, at);
        return bytes;
    }
}
