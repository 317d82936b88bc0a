namespace OnnxAudit.Compression;

/// <summary>Weights that compete: of the tensors at <paramref name="Tensors"/> (positions, ascending) exactly <paramref name="Remove"/> weights go.</summary>
internal sealed record Pool(IReadOnlyList<int> Tensors, long Remove)
{
    /// <summary>The pools of a scope. Scopes differ in nothing else: a scope with other layer shares is another list of pools.</summary>
    public static IReadOnlyList<Pool> Of(MaskScope scope, IReadOnlyList<PrunableTensor> tensors, double amount)
    {
        var all = Enumerable.Range(0, tensors.Count).ToArray();
        return scope switch
        {
            MaskScope.Global => [new Pool(all, RemovedOf(tensors.Sum(t => t.Tensor.Count), amount))],
            MaskScope.Layer => [.. all.Select(i => new Pool([i], RemovedOf(tensors[i].Tensor.Count, amount)))],
            _ => throw new ArgumentOutOfRangeException(nameof(scope)),
        };
    }

    /// <summary>⌊amount·count + 1e-9⌋: the slack undoes products that land just below a whole number (0.7·10).</summary>
    public static long RemovedOf(long count, double amount) => (long)Math.Floor(amount * count + 1e-9);
}
