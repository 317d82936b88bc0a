namespace OnnxAudit.Tests.Oracles;

/// <summary>Cases for every row of <see cref="Float64Table"/>, a file per family in Cases/.</summary>
internal static partial class EvaluatorCases
{
    public static IReadOnlyList<EvaluatorCase> All { get; } =
    [
        .. Elementwise(),
        .. Activations(),
        .. Reductions(),
        .. Products(),
        .. Convolution(),
        .. Pooling(),
        .. Normalisation(),
        .. Movement(),
        .. Indexing(),
        .. Resizing(),
        .. Making(),
    ];
}
