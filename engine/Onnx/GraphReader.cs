using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// What a GraphProto held beside what the graph models: other fields; its value_info in order, and which of these were for names that nothing
/// defines; output entries for values of a graph around.
/// </summary>
internal sealed record GraphCarried(
    CarriedFields Fields, IReadOnlyList<ValueEntry> Infos, IReadOnlySet<string> Unknown, IReadOnlyDictionary<string, ValueEntry> OuterOutputs);

/// <summary>
/// Reads GraphProto. Names are resolved here first, then in the graphs around; every value has one definition, every use has one, and nodes
/// that stand out of order are sorted.
/// </summary>
internal sealed class GraphReader
{
    public const int Nodes = 1, Name = 2, Initializers = 5, Inputs = 11, Outputs = 12, Infos = 13, SparseInitializers = 15;

    private readonly List<WireBytes> _nodes = [];
    private readonly List<WireBytes> _initializers = [];
    private readonly List<WireBytes> _sparse = [];
    private readonly List<ValueEntry> _inputs = [];
    private readonly List<ValueEntry> _outputs = [];
    private readonly List<ValueEntry> _infos = [];
    private readonly CarriedFields _carried = new();
    private readonly ReadContext _context;
    private readonly int _inner;
    private string _name = "";

    private GraphReader(ReadContext context, WireBytes bytes, int depth)
    {
        (_context, _inner) = (context, depth + 1);
        var reader = new WireReader(context, bytes, "GraphProto", depth);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case Nodes: _nodes.Add(reader.Payload()); break;
                case Name: _name = _carried.Text(reader); break;
                case Initializers: _initializers.Add(reader.Payload()); break;
                case Inputs: _inputs.Add(ValueInfoReader.Read(context, reader.Payload(), reader.Inner)); break;
                case Outputs: _outputs.Add(ValueInfoReader.Read(context, reader.Payload(), reader.Inner)); break;
                case Infos: _infos.Add(ValueInfoReader.Read(context, reader.Payload(), reader.Inner)); break;
                case SparseInitializers: _sparse.Add(reader.Payload()); break;
                default: _carried.Keep(reader); break;
            }
        }
    }

    public static Graph Read(ReadContext context, WireBytes bytes, int depth, Graph? parent)
    {
        var reader = new GraphReader(context, bytes, depth);
        if (parent is not null) context.Enter($"graph '{reader._name}'");
        var graph = new Graph(reader._name, parent);
        reader.AddInputs(graph);
        reader.AddInitializers(graph);
        reader.AddNodes(graph);
        var outer = reader.AddOutputs(graph);
        reader.Annotate(graph, outer);
        if (GraphOrder.Sort(graph) is { } node) throw context.Invalid($"{node} on a cycle", "a graph without cycles");
        if (parent is not null) context.Leave();
        return graph;
    }

    private void AddInputs(Graph graph)
    {
        foreach (var entry in _inputs)
        {
            if (entry.Name.Length == 0) throw _context.Invalid("a graph input without a name", "a name");
            if (graph.Find(entry.Name) is not null)
                throw _context.Invalid($"graph input '{entry.Name}' twice", "every name once", "Rename one of them.");
            graph.AddInput(graph.Value(entry.Name));
        }
    }

    private void AddInitializers(Graph graph)
    {
        foreach (var bytes in _initializers) Add(TensorReader.Read(_context, bytes, _inner));
        foreach (var bytes in _sparse) Add(SparseReader.Read(_context, bytes, _inner));

        void Add((string Name, Tensor Tensor) item)
        {
            if (item.Name.Length == 0) throw _context.Invalid("an initializer without a name", "a name");
            if (graph.Find(item.Name)?.Initializer is not null)
                throw _context.Invalid($"initializer '{item.Name}' twice", "every name once", "Rename one of them.");
            graph.SetInitializer(item.Name, item.Tensor);
        }
    }

    private void AddNodes(Graph graph)
    {
        var pending = new List<(NodeReader Reader, Node Node)>(_nodes.Count);
        foreach (var bytes in _nodes)
        {
            var reader = new NodeReader(_context, bytes, _inner);
            pending.Add((reader, reader.Declare(_context, graph)));
        }

        foreach (var (reader, node) in pending) reader.Connect(_context, graph, node);
    }

    private Dictionary<string, ValueEntry> AddOutputs(Graph graph)
    {
        var outer = new Dictionary<string, ValueEntry>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in _outputs)
        {
            if (!seen.Add(entry.Name)) throw _context.Invalid($"graph output '{entry.Name}' twice", "every name once", "Rename one of them.");
            var value = (entry.Name.Length == 0 ? null : graph.Resolve(entry.Name))
                ?? throw _context.Invalid($"graph output '{entry.Name}', which nothing defines",
                "an output of a node, a graph input or an initializer");
            graph.AddOutput(value);
            if (value.Graph != graph) outer[entry.Name] = entry;
        }

        return outer;
    }

    private void Annotate(Graph graph, Dictionary<string, ValueEntry> outer)
    {
        foreach (var entry in _inputs) Carry(graph, entry, c => c with { Input = entry });
        foreach (var entry in _outputs.Where(e => !outer.ContainsKey(e.Name))) Carry(graph, entry, c => c with { Output = entry });
        foreach (var entry in _infos.Where(e => graph.Find(e.Name) is not null)) Carry(graph, entry, c => c with { Info = entry });
        graph.Carried = new GraphCarried(_carried, _infos,
            _infos.Select(e => e.Name).Where(n => graph.Find(n) is null).ToHashSet(StringComparer.Ordinal), outer);
    }

    private static void Carry(Graph graph, ValueEntry entry, Func<ValueCarried, ValueCarried> with)
    {
        var value = graph.Value(entry.Name);
        value.Type ??= entry.Type;
        value.Carried = with((value.Carried as ValueCarried ?? new ValueCarried(null, null, null, null)) with { TypeAtRead = value.Type });
    }
}
