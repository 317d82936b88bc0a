using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients;

/// <summary>The one image input of a classifier that gradients are taken of.</summary>
public static class ImageValue
{
    /// <summary>Finds it and writes the sizes of a sample into its type; a nameless batch becomes "batch".</summary>
    /// <param name="model">The model, the caller's own copy.</param>
    /// <param name="sample">Shape of one sample, e.g. [3,32,32].</param>
    /// <exception cref="AuditException">Invalid: none or several inputs, not float32 with a batch first, or other sizes.</exception>
    public static Value Of(Model model, ReadOnlySpan<long> sample)
    {
        var inputs = model.Graph.Inputs.Where(i => i.Initializer is null).ToArray();
        if (inputs is not [{ Type: { Element: ElementType.Float, Shape: { } shape } type } input] || shape.Count != sample.Length + 1)
            throw new AuditException(AuditCode.Invalid, model.Source, $"inputs {string.Join(", ", inputs.Select(i => $"{i.Name} {i.Type}"))}", "one float32 image input, batch first",
                "Give a float32 classifier with one input.");
        for (var d = 0; d < sample.Length; d++)
            if (shape[d + 1].Size is { } size && size != sample[d])
                throw new AuditException(AuditCode.Invalid, $"{model.Source}, input '{input.Name}'", $"samples of [{string.Join(',', sample.ToArray())}]", $"[{string.Join(',', shape)}]",
                    "Choose data of that shape, or set resize, crop or layout in the preprocessing.");
        input.Type = type with { Shape = [shape[0] is (null, null) ? new Dim(null, "batch") : shape[0], .. sample.ToArray().Select(d => (Dim)d)] };
        return input;
    }
}
