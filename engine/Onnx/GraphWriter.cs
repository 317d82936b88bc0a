using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>Writes GraphProto, NodeProto and AttributeProto.</summary>
internal static class GraphWriter
{
    public static WireWriter Graph(Graph graph, StoragePlan plan)
    {
        var carried = graph.Carried as GraphCarried;
        var to = new WireWriter(carried?.Fields);
        foreach (var node in graph.Nodes) to.Message(GraphReader.Nodes, Node(node, plan));
        to.TextUnlessEmpty(GraphReader.Name, graph.Name);
        foreach (var value in graph.Initializers.Where(v => !plan.IsSparse(v))) plan.WriteDense(to, GraphReader.Initializers, value);
        foreach (var value in graph.Inputs) ValueInfoWriter.Write(to, GraphReader.Inputs, value, (value.Carried as ValueCarried)?.Input);
        foreach (var value in graph.Outputs)
            ValueInfoWriter.Write(to, GraphReader.Outputs, value, value.Graph == graph ? (value.Carried as ValueCarried)?.Output
                : carried?.OuterOutputs.GetValueOrDefault(value.Name));
        Infos(to, graph, carried);
        foreach (var value in graph.Initializers.Where(plan.IsSparse))
            TensorWriter.Sparse(to, GraphReader.SparseInitializers, value.Initializer!, value.Name);
        return to;
    }

    // First those the file had, in its order, but not for values that are gone; then renamed ones and types found since.
    private static void Infos(WireWriter to, Graph graph, GraphCarried? carried)
    {
        var done = new HashSet<Value>();
        foreach (var entry in carried?.Infos ?? [])
        {
            var value = graph.Find(entry.Name);
            if (value is null && carried!.Unknown.Contains(entry.Name)) to.Bytes(GraphReader.Infos, entry.Message);
            if (value is null || !IsDefined(value) || IsNewOutput(value)) continue;
            ValueInfoWriter.Write(to, GraphReader.Infos, value, entry);
            done.Add(value);
        }

        foreach (var value in graph.Values)
        {
            if (!IsDefined(value) || done.Contains(value) || IsNewOutput(value)) continue;
            var entry = (value.Carried as ValueCarried)?.Info;
            var isNew = value.Type is not null && !value.IsInput && !value.IsOutput && value.Initializer is null;
            if (entry is not null || isNew) ValueInfoWriter.Write(to, GraphReader.Infos, value, entry);
        }
    }

    private static WireWriter Node(Node node, StoragePlan plan)
    {
        var to = new WireWriter(node.Carried as CarriedFields);
        foreach (var input in node.Inputs) to.Text(NodeReader.Input, input?.Name ?? "");
        foreach (var output in node.Outputs) to.Text(NodeReader.Output, output?.Name ?? "");
        to.TextUnlessEmpty(NodeReader.Name, node.Name);
        to.Text(NodeReader.Operator, node.OpType);
        foreach (var attribute in node.Attributes) to.Message(NodeReader.Attribute, Attribute(attribute, plan));
        to.TextUnlessEmpty(NodeReader.Domain, node.Domain);
        return to;
    }

    private static WireWriter Attribute(NodeAttribute attribute, StoragePlan plan)
    {
        var carried = attribute.Carried as AttributeCarried;
        var to = new WireWriter(carried?.Fields);
        var packed = carried?.IsPacked ?? false;
        to.Text(AttributeReader.Name, attribute.Name);
        var early = AttributeReader.FieldOf(attribute.Kind) < AttributeReader.Type;
        var omitted = carried is { HasValue: false } && attribute.Value is 0f or 0L or ReadOnlyMemory<byte> { Length: 0 };
        if (early && !omitted) Value(to, attribute, plan, packed);
        if (carried is null || carried.HasType) to.Integer(AttributeReader.Type, (long)attribute.Kind);
        if (attribute.RefName is not null || (carried?.Fields.IsPresent(AttributeReader.Reference) ?? false))
            to.Text(AttributeReader.Reference, attribute.RefName ?? "");
        if (!early && !omitted) Value(to, attribute, plan, packed);
        return to;
    }

    private static void Value(WireWriter to, NodeAttribute attribute, StoragePlan plan, bool packed)
    {
        var field = AttributeReader.FieldOf(attribute.Kind);
        switch (attribute.Kind, attribute.Value)
        {
            case (_, null): break;
            case (AttributeKind.Float, float v): to.Single(field, v); break;
            case (AttributeKind.Int, long v): to.Integer(field, v); break;
            case (AttributeKind.String, ReadOnlyMemory<byte> v): to.Bytes(field, v); break;
            case (AttributeKind.Tensor, Tensor v): TensorWriter.Dense(to, field, v); break;
            case (AttributeKind.Graph, Graph v): to.Message(field, Graph(v, plan)); break;
            case (AttributeKind.Floats, float[] v): to.Singles(field, v, packed); break;
            case (AttributeKind.Ints, long[] v): to.Integers(field, v, packed); break;
            case (AttributeKind.Strings or AttributeKind.TypeProtos, ReadOnlyMemory<byte>[] v): foreach (var bytes in v) to.Bytes(field, bytes); break;
            case (AttributeKind.Tensors, Tensor[] v): foreach (var tensor in v) TensorWriter.Dense(to, field, tensor); break;
            case (AttributeKind.Graphs, Graph[] v): foreach (var graph in v) to.Message(field, Graph(graph, plan)); break;
            case (AttributeKind.SparseTensor, Tensor v): TensorWriter.Sparse(to, field, v, null); break;
            case (AttributeKind.SparseTensors, Tensor[] v): foreach (var tensor in v) TensorWriter.Sparse(to, field, tensor, null); break;
            case (AttributeKind.TypeProto, ReadOnlyMemory<byte> v): to.Bytes(field, v); break;
            default: throw new InvalidOperationException($"attribute '{attribute.Name}' is {attribute.Kind} but holds {attribute.Value?.GetType().Name}");
        }
    }

    // An inner value that became an output says its type there.
    private static bool IsNewOutput(Value value) => value.IsOutput && (value.Carried as ValueCarried)?.Output is null;

    private static bool IsDefined(Value value) => value.Producer is not null || value.IsInput || value.IsOutput || value.Initializer is not null;
}
