using OnnxAudit.Graphs;

namespace OnnxAudit.Compression;

/// <summary>Zeros of one tensor.</summary>
/// <param name="Name">Initializer name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Count">Elements.</param>
/// <param name="Zeros">Elements that are +0 or -0.</param>
public sealed record TensorSparsity(string Name, IReadOnlyList<long> Shape, long Count, long Zeros)
{
    /// <summary>Zeros / Count; 0 for an empty tensor.</summary>
    public double Sparsity => Count == 0 ? 0 : (double)Zeros / Count;
}

/// <summary>Zeros of a model's weights.</summary>
/// <param name="Tensors">The prunable tensors by convention, forward order.</param>
/// <param name="Prunable">Sum over <paramref name="Tensors"/>.</param>
/// <param name="Parameters">Sum over all parameters: floating-point initializers of rank 1 and more that a node uses, batch normalisation's running
/// mean and variance apart (they are statistics, not parameters).</param>
public sealed record SparsityReport(IReadOnlyList<TensorSparsity> Tensors, TensorSparsity Prunable, TensorSparsity Parameters)
{
    /// <summary>Counts zeros. Reads every weight once.</summary>
    /// <param name="model">The model; not changed.</param>
    /// <param name="overrides">Weights to count in place of the model's own, by initializer name.</param>
    public static SparsityReport Of(Model model, IReadOnlyList<KeyValuePair<string, Tensor>>? overrides = null)
    {
        var replaced = (overrides ?? []).ToDictionary();
        var counted = new Dictionary<string, TensorSparsity>();
        foreach (var value in model.Graph.Initializers.Where(IsParameter))
        {
            var tensor = replaced.GetValueOrDefault(value.Name, value.Initializer!);
            counted[value.Name] = new TensorSparsity(value.Name, tensor.Dims.ToArray(), tensor.Count, Zeros.Of(tensor));
        }

        var prunable = Compression.Prunable.Find(model).Where(p => counted.ContainsKey(p.Name)).Select(p => counted[p.Name]).ToList();
        return new SparsityReport(prunable, Sum("prunable", prunable), Sum("parameters", counted.Values));
    }

    private static TensorSparsity Sum(string name, IReadOnlyCollection<TensorSparsity> all) => new(name, [], all.Sum(t => t.Count), all.Sum(t => t.Zeros));

    private static bool IsParameter(Value value) =>
        value.Initializer is { Rank: > 0 } tensor && Compression.Prunable.IsFloating(tensor.Type)
        && value.Uses.Any(u => !(u.Node.Is("BatchNormalization") && u.Index is 3 or 4));
}
