namespace OnnxAudit.Tests.Gradients;

/// <summary>Examples of every row of the gradient table, a file per family in Examples/: the only list of them.</summary>
internal static partial class GradientExamples
{
    public static IReadOnlyList<GradientExample> All { get; } =
    [
        .. Arithmetic(),
        .. Functions(),
        .. Selection(),
        .. Rectifiers(),
        .. Activations(),
        .. PassThrough(),
        .. Reductions(),
        .. Softmax(),
        .. ClassLosses(),
        .. Linear(),
        .. Movement(),
        .. Pieces(),
        .. Indexing(),
        .. Resizing(),
        .. Convolution(),
        .. Pooling(),
        .. Normalisation(),
    ];
}
