using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>A NodeProto taken apart, before its names are looked up: a node may stand before what it uses.</summary>
internal sealed class NodeReader
{
    public const int Input = 1, Output = 2, Name = 3, Operator = 4, Attribute = 5, Domain = 7;

    private readonly List<string> _inputs = [];
    private readonly List<string> _outputs = [];
    private readonly List<WireBytes> _attributes = [];
    private readonly CarriedFields _carried = new();
    private readonly int _depth;
    private string _name = "";
    private string _operator = "";
    private string _domain = "";

    public NodeReader(ReadContext context, WireBytes bytes, int depth)
    {
        _depth = depth + 1;
        var reader = new WireReader(context, bytes, "NodeProto", depth);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case Input: _inputs.Add(reader.Text()); break;
                case Output: _outputs.Add(reader.Text()); break;
                case Name: _name = _carried.Text(reader); break;
                case Operator: _operator = reader.Text(); break;
                case Attribute: _attributes.Add(reader.Payload()); break;
                case Domain: _domain = _carried.Text(reader); break;
                default: _carried.Keep(reader); break;
            }
        }

        context.CountNode();
        context.Enter(Place);
        if (_operator.Length == 0) throw context.Invalid("a node without an operator", "op_type");
        context.Leave();
    }

    private string Place => $"node '{(_name.Length > 0 ? _name : _outputs.Find(o => o.Length > 0))}' ({_operator})";

    /// <summary>Adds the node with its outputs, so that later lookups find them.</summary>
    public Node Declare(ReadContext context, Graph graph)
    {
        context.Enter(Place);
        var outputs = new Value?[_outputs.Count];
        var own = new HashSet<Value>();
        for (var i = 0; i < outputs.Length; i++)
        {
            if (_outputs[i].Length == 0) continue;
            var value = graph.Value(_outputs[i]);
            if (value.Producer is not null || value.Initializer is not null || value.IsInput || !own.Add(value))
                throw context.Invalid($"output '{value}', which {(value.Producer is { } p ? p.ToString() : value.IsInput ? "is a graph input" : value.Initializer is not null ? "is an initializer" : "it names twice")} already",
                    "every value defined once", "Rename one of them.");
            outputs[i] = value;
        }

        var node = graph.AddNode(_operator, [], outputs, _name, _domain);
        node.Carried = _carried;
        context.Leave();
        return node;
    }

    /// <summary>Connects the inputs and reads the attributes, subgraphs included, once every name of <paramref name="graph"/> is declared.</summary>
    public void Connect(ReadContext context, Graph graph, Node node)
    {
        context.Enter(Place);
        for (var i = 0; i < _inputs.Count; i++)
            node.SetInput(i, _inputs[i].Length == 0 ? null : graph.Resolve(_inputs[i])
                ?? throw context.Invalid($"input {i} '{_inputs[i]}', which nothing defines",
                "an output of another node, a graph input or an initializer"));
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var bytes in _attributes)
        {
            var attribute = AttributeReader.Read(context, bytes, _depth, graph);
            if (!names.Add(attribute.Name)) throw context.Invalid($"attribute '{attribute.Name}' twice", "every attribute once");
            node.AppendAttribute(attribute);
        }

        context.Leave();
    }
}
