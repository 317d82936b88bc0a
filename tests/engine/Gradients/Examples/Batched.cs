namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    /// <summary>Examples whose first axis can be any size, once every input that shares it grows along.</summary>
    public static IReadOnlyList<GradientExample> Batched { get; } =
    [
        .. ((IEnumerable<GradientExample>)[
            .. Arithmetic(), .. Functions(), .. Selection(), .. Rectifiers(), .. Activations(), .. PassThrough(), .. Reductions(), .. Softmax(), .. ClassLosses(), .. Linear(),
        ]).Where(e => e.Inputs[0].Value.Rank > 1 && !e.Attributes.Any(a => a is { Name: "transA", Value: 1L })),
    ];
}
