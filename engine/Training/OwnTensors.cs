using OnnxAudit.Graphs;

namespace OnnxAudit.Training;

/// <summary>
/// Gives every layer tensors of its own where an exporter stored equal ones once: tensors that are equal before training are not equal after it. Cases:
/// 1. an Identity of a float32 initializer becomes an initializer under the Identity's name; 2. running statistics that several batch normalisations read
/// become one pair each. A tensor that several layers read directly stays shared: these are tied weights. What the model computes stays the same.
/// </summary>
public static class OwnTensors
{
    /// <summary>Changes the model and says how many tensors it made.</summary>
    public static int Give(Model model)
    {
        var graph = model.Graph;
        var made = 0;
        foreach (var node in graph.Nodes.Where(n => n.Is("Identity")).ToArray())
        {
            if (node.Input(0)?.Initializer is not { Type: ElementType.Float } tensor || node.Output(0) is not { IsOutput: false } output) continue;
            graph.Remove(node);
            graph.SetInitializer(output.Name, tensor);
            made++;
        }

        foreach (var norm in graph.Nodes.Where(n => n.Is("BatchNormalization")))
            for (var i = 3; i < 5; i++)
            {
                if (norm.Input(i) is not { Initializer: { } tensor, Uses.Count: > 1 } shared) continue;
                norm.SetInput(i, graph.SetInitializer(graph.NewValue($"{shared.Name}.own").Name, tensor));
                made++;
            }

        return made;
    }
}
