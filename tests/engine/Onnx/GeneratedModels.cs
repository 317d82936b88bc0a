using Google.Protobuf;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Onnx;

/// <summary>
/// Draws ModelProto messages that use every field of the published schema, and, when asked, fields from its future at every level. Names are
/// consistent (a graph that a reader may accept); everything else is free. The same seed draws the same message.
/// </summary>
internal sealed class GeneratedModels(int seed, bool unknownFields)
{
    private readonly Random _random = new(seed);
    private int _names;

    public ModelProto Model()
    {
        var model = new ModelProto { IrVersion = _random.Next(3, 14), Graph = Graph([], 0) };
        if (Chance) model.ProducerName = Text();
        if (Chance) model.ProducerVersion = Text();
        if (Chance) model.Domain = Text();
        if (Chance) model.ModelVersion = _random.NextInt64();
        if (Chance) model.DocString = Text();
        model.OpsetImport.Add(With(new OperatorSetIdProto { Domain = Chance ? "" : "ai.onnx", Version = _random.Next(7, 27) }));
        Some(() => model.OpsetImport.Add(With(new OperatorSetIdProto { Domain = Name("domain"), Version = _random.Next(100) })));
        Some(() => model.MetadataProps.Add(Entry()));
        Some(() => model.TrainingInfo.Add(Training()));
        Some(() => model.Functions.Add(Function()));
        Some(() => model.Configuration.Add(With(new DeviceConfigurationProto { Name = Text(), NumDevices = 2, Device = { Text(), Text() } })));
        return With(model);
    }

    public static readonly ElementType[] NumericTypes = [.. Enum.GetValues<ElementType>().Where(t => t.Bits() > 0)];

    /// <summary>A tensor of the given type, in raw_data or in its typed field.</summary>
    public TensorProto Tensor(ElementType type, bool raw, string name)
    {
        var tensor = new TensorProto { DataType = (int)type };
        for (var rank = _random.Next(4); rank > 0; rank--) tensor.Dims.Add(_random.Next(Chance ? 1 : 0, 4));
        if (name.Length > 0 || Chance) tensor.Name = name;
        if (Chance) tensor.DocString = Text();
        Some(() => tensor.MetadataProps.Add(Entry()));
        if (Chance) tensor.DataLocation = 0;
        Fill(tensor, type, tensor.Dims.Aggregate(1L, (n, d) => n * d), raw);
        return With(tensor);
    }

    private void Fill(TensorProto tensor, ElementType type, long count, bool raw)
    {
        var entries = type is ElementType.Complex64 or ElementType.Complex128 ? count * 2 : type.Bits() is > 0 and < 8
            ? type.ByteLength(count) : count;
        if (type == ElementType.String)
        {
            for (long i = 0; i < count; i++) tensor.StringData.Add(Bytes(_random.Next(5)));
        }
        else if (raw) tensor.RawData = Bytes((int)type.ByteLength(count));
        else
        {
            for (long i = 0; i < entries; i++)
            {
                switch (type)
                {
                    case ElementType.Float or ElementType.Complex64: tensor.FloatData.Add(BitConverter.UInt32BitsToSingle((uint)_random.NextInt64())); break;
                    case ElementType.Double or ElementType.Complex128: tensor.DoubleData.Add(BitConverter.Int64BitsToDouble(_random.NextInt64())); break;
                    case ElementType.Int64: tensor.Int64Data.Add(_random.NextInt64() - long.MaxValue / 2); break;
                    case ElementType.UInt32: tensor.Uint64Data.Add((uint)_random.NextInt64()); break;
                    case ElementType.UInt64: tensor.Uint64Data.Add((ulong)_random.NextInt64() * 2); break;
                    case ElementType.Int8 or ElementType.Int16: tensor.Int32Data.Add(_random.Next(-128, 128)); break;
                    case ElementType.Int32: tensor.Int32Data.Add(_random.Next(int.MinValue, int.MaxValue)); break;
                    case ElementType.Bool: tensor.Int32Data.Add(_random.Next(2)); break;
                    default: tensor.Int32Data.Add(_random.Next(type.Bits() == 16 ? 65536 : 256)); break;
                }
            }
        }
    }

    private GraphProto Graph(IReadOnlyList<string> around, int depth)
    {
        var graph = new GraphProto();
        if (Chance) graph.Name = Text();
        var known = new List<string>(around);
        for (var i = _random.Next(3); i > 0; i--) graph.Input.Add(ValueInfo(Define(known, "input")));
        for (var i = _random.Next(1, 4); i > 0; i--)
            graph.Initializer.Add(Tensor(_random.Next(8) == 0 ? ElementType.String : NumericTypes[_random.Next(NumericTypes.Length)],
                Chance, Define(known, "weight")));
        Some(() => graph.SparseInitializer.Add(Sparse(Define(known, "sparse"))));
        for (var i = _random.Next(1, 5); i > 0; i--) graph.Node.Add(Node(known, depth));
        graph.Output.Add(ValueInfo(known[^1]));
        Some(() => graph.ValueInfo.Add(ValueInfo(Chance ? known[_random.Next(around.Count, known.Count - 1)] : Name("nowhere"))));
        if (Chance) graph.DocString = Text();
        Some(() => graph.QuantizationAnnotation.Add(With(new TensorAnnotation { TensorName = Text(), QuantParameterTensorNames = { Entry() } })));
        Some(() => graph.MetadataProps.Add(Entry()));
        return With(graph);
    }

    private NodeProto Node(List<string> known, int depth)
    {
        var node = new NodeProto { OpType = Name("Op") };
        for (var i = _random.Next(4); i > 0; i--) node.Input.Add(Chance && known.Count > 0 ? known[_random.Next(known.Count)] : "");
        if (Chance) node.Name = Chance ? "" : Text();
        if (Chance) node.Domain = Chance ? "" : Text();
        if (Chance) node.DocString = Text();
        if (Chance) node.Overload = Text();
        Some(() => node.MetadataProps.Add(Entry()));
        Some(() => node.DeviceConfigurations.Add(Device()));
        for (var i = _random.Next(4); i > 0; i--) node.Attribute.Add(Attribute(known, depth));
        if (Chance) node.Output.Add("");
        node.Output.Add(Define(known, "value"));
        return With(node);
    }

    private AttributeProto Attribute(IReadOnlyList<string> known, int depth)
    {
        var kind = (AttributeKind)_random.Next(1, 15);
        if (depth >= 2 && kind is AttributeKind.Graph or AttributeKind.Graphs) kind = AttributeKind.Ints;
        var attribute = new AttributeProto { Name = Name("attribute"), Type = (int)kind };
        if (Chance) attribute.DocString = Text();
        switch (kind)
        {
            case AttributeKind.Float: attribute.F = Chance ? 0 : _random.NextSingle(); break;
            case AttributeKind.Int: attribute.I = Chance ? 0 : _random.NextInt64(); break;
            case AttributeKind.String: attribute.S = Bytes(_random.Next(4)); break;
            case AttributeKind.Tensor: attribute.T = AnyTensor(); break;
            case AttributeKind.Graph: attribute.G = Graph(known, depth + 1); break;
            case AttributeKind.Floats: Several(() => attribute.Floats.Add(_random.NextSingle())); break;
            case AttributeKind.Ints: Several(() => attribute.Ints.Add(_random.NextInt64() - _random.NextInt64())); break;
            case AttributeKind.Strings: Several(() => attribute.Strings.Add(Bytes(_random.Next(4)))); break;
            case AttributeKind.Tensors: Several(() => attribute.Tensors.Add(AnyTensor())); break;
            case AttributeKind.Graphs: Several(() => attribute.Graphs.Add(Graph(known, depth + 1))); break;
            case AttributeKind.SparseTensor: attribute.SparseTensor = Sparse(""); break;
            case AttributeKind.SparseTensors: Several(() => attribute.SparseTensors.Add(Sparse(""))); break;
            case AttributeKind.TypeProto: attribute.Tp = Type(0); break;
            case AttributeKind.TypeProtos: Several(() => attribute.TypeProtos.Add(Type(0))); break;
        }

        if (_random.Next(8) == 0) attribute.RefAttrName = Chance ? "" : Text();
        return With(attribute);
    }

    private TensorProto AnyTensor() => Tensor(NumericTypes[_random.Next(NumericTypes.Length)], Chance, Chance ? "" : Text());

    private SparseTensorProto Sparse(string name)
    {
        var (rows, columns) = (_random.Next(1, 5), _random.Next(1, 5));
        var at = Enumerable.Range(0, rows * columns).Where(_ => Chance).Select(i => (long)i).ToArray();
        var linear = Chance;
        var indices = new TensorProto { DataType = (int)ElementType.Int64, Dims = { at.Length } };
        if (!linear) indices.Dims.Add(2);
        indices.Int64Data.Add(linear ? at : at.SelectMany(i => new[] { i / columns, i % columns }));
        var values = new TensorProto { DataType = (int)ElementType.Float, Dims = { at.Length }, Name = name };
        Fill(values, ElementType.Float, at.Length, Chance);
        return With(new SparseTensorProto { Values = With(values), Indices = With(indices), Dims = { rows, columns } });
    }

    private ValueInfoProto ValueInfo(string name)
    {
        var info = new ValueInfoProto { Name = name };
        if (Chance) info.Type = Type(0);
        if (Chance) info.DocString = Text();
        Some(() => info.MetadataProps.Add(Entry()));
        return With(info);
    }

    private TypeProto Type(int depth)
    {
        var type = new TypeProto();
        if (Chance) type.Denotation = Text();
        switch (_random.Next(depth > 2 ? 3 : 6))
        {
            case 0: type.TensorType = With(new TypeProto.Types.Tensor { ElemType = _random.Next(27), Shape = Chance ? Shape() : null }); break;
            case 1: type.SparseTensorType = With(new TypeProto.Types.SparseTensor { ElemType = _random.Next(27), Shape = Chance ? Shape() : null }); break;
            case 2: type.OpaqueType = With(new TypeProto.Types.Opaque { Domain = Text(), Name = Text() }); break;
            case 3: type.SequenceType = With(new TypeProto.Types.Sequence { ElemType = Type(depth + 1) }); break;
            case 4: type.MapType = With(new TypeProto.Types.Map { KeyType = 7, ValueType = Type(depth + 1) }); break;
            default: type.OptionalType = With(new TypeProto.Types.Optional { ElemType = Type(depth + 1) }); break;
        }

        return With(type);
    }

    private TensorShapeProto Shape()
    {
        var shape = new TensorShapeProto();
        Several(() =>
        {
            var dim = new TensorShapeProto.Types.Dimension();
            if (Chance) dim.DimValue = _random.Next(100);
            else if (Chance) dim.DimParam = Text();
            if (Chance) dim.Denotation = Text();
            shape.Dim.Add(With(dim));
        });
        return With(shape);
    }

    private TrainingInfoProto Training()
    {
        var training = new TrainingInfoProto { Algorithm = Graph([], 1) };
        if (Chance) training.Initialization = Graph([], 1);
        Some(() => training.InitializationBinding.Add(Entry()));
        Some(() => training.UpdateBinding.Add(Entry()));
        return With(training);
    }

    private FunctionProto Function()
    {
        var function = new FunctionProto
        {
            Name = Name("function"),
            Domain = Text(),
            Overload = Text(),
            DocString = Text(),
            Input = { "a" },
            Output = { "b" },
            Attribute = { "c" }
        };
        function.Node.Add(Node(["a"], 1));
        function.OpsetImport.Add(With(new OperatorSetIdProto { Version = 17 }));
        function.AttributeProto.Add(Attribute(["a"], 1));
        function.ValueInfo.Add(ValueInfo("b"));
        function.MetadataProps.Add(Entry());
        return With(function);
    }

    private NodeDeviceConfigurationProto Device() => With(new NodeDeviceConfigurationProto
    {
        ConfigurationId = Text(),
        PipelineStage = 3,
        ShardingSpec =
        {
            With(new ShardingSpecProto
            {
                TensorName = Text(),
                Device = { 0, 1 },
                IndexToDeviceGroupMap = { With(new IntIntListEntryProto { Key = 1, Value = { 2, 3 } }) },
                ShardedDim = { With(new ShardedDimProto { Axis = 1,
                    SimpleSharding = { With(new SimpleShardedDimProto { DimParam = "n", NumShards = 2 }) } }) },
            }),
        },
    });

    private StringStringEntryProto Entry() => With(new StringStringEntryProto { Key = Text(), Value = Text() });

    private bool Chance => _random.Next(2) == 0;

    private void Some(Action add)
    {
        for (var i = _random.Next(-2, 3); i > 0; i--) add();
    }

    private void Several(Action add)
    {
        for (var i = _random.Next(4); i > 0; i--) add();
    }

    private string Define(List<string> known, string stem)
    {
        known.Add(Name(stem));
        return known[^1];
    }

    private string Name(string stem) => $"{stem}{_names++}";

    private string Text() => (string[])["", "plain", "ünïcode λ", "with \"quotes\"\n"] is var texts
        ? texts[_random.Next(texts.Length)] + _random.Next(100) : "";

    private ByteString Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }

    // Fields that no published version has: a number, a text, and a group holding one.
    private T With<T>(T message) where T : IMessage<T>
    {
        if (!unknownFields || !Chance) return message;
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            output.WriteTag(900, WireFormat.WireType.Varint);
            output.WriteInt64(_random.NextInt64());
            output.WriteTag(901, WireFormat.WireType.LengthDelimited);
            output.WriteString(Text());
            output.WriteTag(902, WireFormat.WireType.StartGroup);
            output.WriteTag(1, WireFormat.WireType.Fixed32);
            output.WriteFixed32(7);
            output.WriteTag(902, WireFormat.WireType.EndGroup);
        }

        message.MergeFrom(buffer.ToArray());
        return message;
    }
}
