using OnnxAudit.Graphs;

namespace OnnxAudit.Compression;

/// <summary>A mask that is an input of the model: feed <see cref="ValueOf"/> under <see cref="Input"/> to switch it without a new session.</summary>
/// <param name="Tensor">Initializer that is masked.</param>
/// <param name="Input">Name of the mask's input (an overridable initializer; its default is the mask the model was made with).</param>
/// <param name="Type">Element type, the weight's.</param>
/// <param name="Dims">Shape, the weight's.</param>
public sealed record LiveMask(string Tensor, string Input, ElementType Type, IReadOnlyList<long> Dims)
{
    /// <summary>The input's value for another mask of the same tensor.</summary>
    public Tensor ValueOf(Mask mask) => mask.ToTensor(Type, [.. Dims]);
}

/// <summary>The three ways to put masks to work. All give the same function; they differ in what is shared and what can be switched.</summary>
public static class MaskApplication
{
    /// <summary>The masked weights by initializer name, for a session that overrides them. The model is not changed, so variants can share it.</summary>
    /// <exception cref="AuditException">Invalid: the model lacks a masked initializer, or it has another size.</exception>
    public static IReadOnlyList<KeyValuePair<string, Tensor>> Overrides(Model model, MaskSet masks) =>
        [.. masks.Select(m => KeyValuePair.Create(m.Tensor, m.Apply(WeightOf(model, m).Initializer!)))];

    /// <summary>Writes the masked weights into the model itself and returns it. Not for a model that other variants share.</summary>
    /// <exception cref="AuditException">Invalid: the model lacks a masked initializer, or it has another size.</exception>
    public static Model Bake(Model model, MaskSet masks)
    {
        foreach (var (name, tensor) in Overrides(model, masks)) model.Graph.SetInitializer(name, tensor);
        return model;
    }

    /// <summary>
    /// Puts a Mul node weight × mask before the first node for every mask, the mask being an initializer that is also listed as input, so that
    /// a run may override it. Needs IR version 4: an older model is raised to it and its own weights stop being inputs, which the older format
    /// demanded. Changes the model; the runtime can no longer fold the masked weights.
    /// </summary>
    /// <returns>The inputs to feed, in mask order.</returns>
    /// <exception cref="AuditException">Invalid: the model lacks a masked initializer, or it has another size.</exception>
    public static IReadOnlyList<LiveMask> AddLive(Model model, MaskSet masks)
    {
        var graph = model.Graph;
        var weights = masks.Select(m => WeightOf(model, m)).ToList();
        if (model.IrVersion < 4)
        {
            model.IrVersion = 4;
            foreach (var weight in graph.Initializers) graph.RemoveInput(weight);
        }

        var live = new List<LiveMask>();
        for (var i = 0; i < weights.Count; i++)
        {
            var (weight, tensor) = (weights[i], weights[i].Initializer!);
            var uses = weight.Uses.ToArray();
            var mask = graph.SetInitializer(graph.NewValue(weight.Name + ".mask").Name, masks[i].ToTensor(tensor.Type, tensor.Dims));
            mask.Type = new TensorType(tensor.Type, [.. tensor.Dims.ToArray().Select(d => (Dim)d)]);
            graph.AddInput(mask);
            var masked = graph.NewValue(weight.Name + ".masked");
            graph.AddNode("Mul", [weight, mask], [masked], masked.Name, at: i);
            foreach (var use in uses) use.Node.SetInput(use.Index, masked);
            live.Add(new LiveMask(weight.Name, mask.Name, tensor.Type, tensor.Dims.ToArray()));
        }

        return live;
    }

    private static Value WeightOf(Model model, Mask mask)
    {
        var weight = model.Graph.Find(mask.Tensor);
        if (weight?.Initializer is not { } tensor)
            throw Unfit(model, mask, "no initializer of that name");
        if (tensor.Count != mask.Count || !Prunable.IsFloating(tensor.Type))
            throw Unfit(model, mask, FormattableString.Invariant($"{tensor.Count} {tensor.Type} elements"));
        return weight;
    }

    private static AuditException Unfit(Model model, Mask mask, string found) => new(AuditCode.Invalid, $"{model.Source}, mask of '{mask.Tensor}'",
        found, FormattableString.Invariant($"{mask.Count} floating-point weights"), "Use the masks with the model they were made for.");
}
