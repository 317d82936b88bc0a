using Google.Protobuf;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Onnx.DamagedModel;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Graphs that break a rule of graphs: names, edges, cycles, attributes, nesting.</summary>
public sealed class GraphDamageTests
{
    private static readonly DamagedModel[] Corpus =
    [
        new("node without operator", "without an operator", () => Bytes(m => m.Graph.Node[0].ClearOpType())),
        new("input nothing defines", "'ghost', which nothing defines", () => Bytes(m => m.Graph.Node[0].Input[0] = "ghost")),
        new("output nothing defines", "graph output 'ghost'", () => Bytes(m => m.Graph.Output[0].Name = "ghost")),
        new("output without a name", "graph output ''", () => Bytes(m => m.Graph.Output[0].ClearName())),
        new("input without a name", "input without a name", () => Bytes(m => m.Graph.Input.Add(new ValueInfoProto()))),
        new("two inputs of a name", "graph input 'x' twice", () => Bytes(m => m.Graph.Input.Add(new ValueInfoProto { Name = "x" }))),
        new("two outputs of a name", "graph output 'y' twice", () => Bytes(m => m.Graph.Output.Add(new ValueInfoProto { Name = "y" }))),
        new("two initializers of a name", "initializer 'w' twice", () => Bytes(m => m.Graph.Initializer.Add(m.Graph.Initializer[0].Clone()))),
        new("dense and sparse of a name", "initializer 'w' twice", () => Bytes(m => m.Graph.SparseInitializer.Add(Sparse([2], [0], 1, name: "w")))),
        new("two makers of a value", "output 'y'", () => Bytes(m => m.Graph.Node.Add(m.Graph.Node[0].Clone()))),
        new("maker of an initializer", "is an initializer", () => Bytes(m => m.Graph.Node[0].Output.Add("w"))),
        new("maker of an input", "is a graph input", () => Bytes(m => m.Graph.Node[0].Output.Add("x"))),
        new("output named twice in a node", "names twice", () => Bytes(m => m.Graph.Node[0].Output.Add("y"))),
        new("cycle", "on a cycle", () => Bytes(m => { m.Graph.Node[0].Input[0] = "z"; m.Graph.Node.Add(Node("Relu", "y", "z")); })),
        new("node that feeds itself", "on a cycle", () => Bytes(m => m.Graph.Node[0].Input[0] = "y")),
        new("cycle through a subgraph", "on a cycle", () => Bytes(m => m.Graph.Node[0].Attribute.Add(Subgraph(Node("Relu", "y", "inner"))))),
        new("subgraph input nothing defines", "node 'relu' (Relu), attribute 'body'", () =>
            Bytes(m => m.Graph.Node[0].Attribute.Add(Subgraph(Node("Relu", "ghost", "inner"))))),
        new("attribute twice", "attribute 'k' twice", () => Bytes(m => m.Graph.Node[0].Attribute.Add([Int("k"), Int("k")]))),
        new("attribute without a name", "attribute without a name", () => Bytes(m => m.Graph.Node[0].Attribute.Add(Int("")))),
        new("attribute of no kind", "type 99", () => Bytes(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "k", Type = 99 }))),
        new("attribute without value", "without a value", () => Bytes(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "k" }))),
        new("attribute of two values", "several values", () =>
            Bytes(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "k", I = 1, F = 2 }))),
        new("tensor attribute without tensor", "no Tensor", () =>
            Bytes(m => m.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "k", Type = 4 }))),
        new("deep subgraphs", "nested over 100 deep", () => Bytes(m => Nest(m.Graph, 60))),
        new("deep types", "nested over 100 deep", () => Bytes(m => m.Graph.Input[0].Type = Deep(120))),
        new("negative dimension of a type", "dimension -5", () => Bytes(m =>
            m.Graph.Input[0].Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1,
                Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimValue = -5 } } } } })),
    ];

    public static TheoryData<string> Cases => [.. Corpus.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void MalformedModel_IsInvalidAndSaysWhy(string name) => Corpus.First(c => c.Name == name).IsRefused();

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
}
