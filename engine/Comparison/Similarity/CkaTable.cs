namespace OnnxAudit.Comparison.Similarity;

/// <summary>The features of one model on a suite.</summary>
/// <param name="Model">What the model is called.</param>
/// <param name="Samples">Samples n, the same for all models and in the same order.</param>
/// <param name="Width">Features m.</param>
/// <param name="Read">Reads them, [n,m].</param>
public sealed record FeatureSet(string Model, int Samples, int Width, Func<float[]> Read);

/// <summary>Linear CKA between the features of every two models on one suite.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Models">The models.</param>
/// <param name="Values">[models, models], symmetric; NaN beside a model whose features do not vary.</param>
public sealed record CkaTable(string Suite, IReadOnlyList<string> Models, IReadOnlyList<double> Values)
{
    /// <summary>CKA of two models by their places.</summary>
    public double this[int a, int b] => Values[a * Models.Count + b];

    /// <summary>
    /// Every pair, by <see cref="LinearCka"/>. Each model's features are read once and all are held, in float32; a pair costs n·p·q, or n²·(p + q) where that form is taken.
    /// The result does not depend on threads.
    /// </summary>
    /// <exception cref="AuditException">Usage: models of different sample counts.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CkaTable Of(string suite, IReadOnlyList<FeatureSet> sets, int threads, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sets);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (sets.FirstOrDefault(s => s.Samples != sets[0].Samples) is { } other)
            throw new AuditException(AuditCode.Usage, $"{other.Model} on {suite}", FormattableString.Invariant($"{other.Samples} samples"), FormattableString.Invariant($"{sets[0].Samples}, as {sets[0].Model} has"),
                "Compare models on the same samples.");
        var (n, features) = (sets.Count, sets.Select(s => s.Read()).ToArray());
        var values = new double[n * n];
        (int A, int B)[] pairs = [.. Enumerable.Range(0, n).SelectMany(a => Enumerable.Range(0, a).Select(b => (a, b)))];
        Parallel.For(0, pairs.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, p =>
        {
            var (a, b) = pairs[p];
            values[a * n + b] = values[b * n + a] = LinearCka.Of(features[a], sets[a].Width, features[b], sets[b].Width);
        });
        for (var i = 0; i < n; i++) values[i * n + i] = Varies(features[i], sets[i].Width) ? 1 : double.NaN;
        return new CkaTable(suite, [.. sets.Select(s => s.Model)], values);
    }

    private static bool Varies(float[] features, int width)
    {
        for (var i = width; i < features.Length; i++)
            if (features[i] != features[i % width]) return true;
        return false;
    }
}
