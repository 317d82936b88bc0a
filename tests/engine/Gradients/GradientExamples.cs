namespace OnnxAudit.Tests.Gradients;

/// <summary>Examples of every row of the gradient table, a file per family in Examples/: the only list of them.</summary>
internal static partial class GradientExamples
{
    public static IReadOnlyList<GradientExample> All { get; } =
    [
        .. Arithmetic(),
        .. Activations(),
        .. Linear(),
        .. Movement(),
        .. Pieces(),
        .. Indexing(),
        .. Resizing(),
        .. Reductions(),
    ];
}
