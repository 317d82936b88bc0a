using OnnxAudit.Graphs;

namespace OnnxAudit.Runs;

/// <summary>Gives a shared graph a variant's weights for as long as the scope lasts, so that the classifier head and the reports read the weights that run.</summary>
internal sealed class WeightScope : IDisposable
{
    private readonly Graph _graph;
    private readonly List<(string Name, Tensor Tensor)> _before = [];

    internal WeightScope(Graph graph, IReadOnlyList<KeyValuePair<string, Tensor>> overrides)
    {
        _graph = graph;
        foreach (var (name, tensor) in overrides)
        {
            _before.Add((name, graph.Find(name)?.Initializer ?? throw new InvalidOperationException($"'{name}' is no initializer")));
            graph.SetInitializer(name, tensor);
        }
    }

    public void Dispose()
    {
        foreach (var (name, tensor) in _before) _graph.SetInitializer(name, tensor);
    }
}
