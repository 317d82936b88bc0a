using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients;

/// <summary>Models of one node, every type and shape in them stated.</summary>
internal static class OpModel
{
    /// <summary>An optional input left out.</summary>
    public static (string, Float64Tensor) Omitted => ("", Float64Tensor.From([]));

    /// <summary>
    /// A model of one node: float inputs are graph inputs (of those, only <paramref name="with"/> when given), all others initializers; outputs y, y1, … are graph
    /// outputs.
    /// </summary>
    public static Model Of(
        string op, (string Name, Float64Tensor Value)[] inputs, NodeAttribute[] attributes, int outputs = 1, string domain = "", long opset = 18, string[]? with = null)
    {
        var model = new Model(new Graph("op")) { Source = $"{op}.onnx" };
        model.Opsets.Add(new(domain, opset));
        if (domain.Length > 0) model.Opsets.Add(new("", opset));
        var graph = model.Graph;
        foreach (var (name, value) in inputs)
        {
            if (name.Length == 0) continue;
            if (value.IsFloat && with?.Contains(name) != false) graph.AddInput(Typed(graph.Value(name), value));
            else graph.SetInitializer(name, value.ToTensor());
        }

        var made = Enumerable.Range(0, outputs).Select(i => graph.Value(i == 0 ? "y" : FormattableString.Invariant($"y{i}"))).ToArray();
        var node = graph.AddNode(op, [.. inputs.Select(i => i.Name.Length == 0 ? null : graph.Value(i.Name))], made, op.ToLowerInvariant(), domain);
        foreach (var attribute in attributes) node.Set(attribute);
        var values = Float64Evaluator.Run(graph, Feeds(model, inputs), [.. made.Select(m => m.Name)]);
        foreach (var output in made) graph.AddOutput(Typed(output, values[output.Name]));
        return model;
    }

    /// <summary>The values of the model's graph inputs.</summary>
    public static Dictionary<string, Float64Tensor> Feeds(Model model, (string Name, Float64Tensor Value)[] inputs) =>
        inputs.Where(i => model.Graph.Find(i.Name) is { IsInput: true }).ToDictionary(i => i.Name, i => i.Value);

    /// <summary>The value, its type stated as that of its content.</summary>
    public static Value Typed(Value value, Float64Tensor content)
    {
        value.Type = new TensorType(content.Type, [.. content.Dims.Select(d => (Dim)d)]);
        return value;
    }
}
