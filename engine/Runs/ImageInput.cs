using OnnxAudit.Data;
using OnnxAudit.Graphs;

namespace OnnxAudit.Runs;

/// <summary>The one image input of a classifier.</summary>
/// <param name="Source">The model's file, for messages.</param>
/// <param name="Name">Name of the graph input.</param>
/// <param name="Type">Float or Float16.</param>
/// <param name="Shape">Rank 4, batch first.</param>
/// <param name="ChannelsLast">[N,H,W,C] instead of [N,C,H,W].</param>
public sealed record ImageInput(string Source, string Name, ElementType Type, IReadOnlyList<Dim> Shape, bool ChannelsLast)
{
    /// <summary>The batch the model insists on; null when its first dimension is free.</summary>
    public int? FixedBatch => (int?)Shape[0].Size;

    /// <summary>Finds the input: the only graph input that is no initializer.</summary>
    /// <exception cref="AuditException">Invalid: none or several, or not a float tensor of rank 4.</exception>
    public static ImageInput Of(Model model, bool channelsLast)
    {
        var inputs = model.Graph.Inputs.Where(i => i.Initializer is null).ToArray();
        if (inputs is not [var input])
            throw new AuditException(AuditCode.Invalid, model.Source, $"{inputs.Length} inputs ({string.Join(", ", inputs.Select(i => i.Name))})", "one image input",
                "OnnxAudit audits image classifiers with one input; make the others constants before exporting.");
        if (input.Type is not { Element: ElementType.Float or ElementType.Float16, Shape: { Count: 4 } shape } || shape[0].Size is < 1 or > 1 << 20)
            throw new AuditException(AuditCode.Invalid, $"{model.Source}, input '{input.Name}'", input.Type?.ToString() ?? "no tensor type",
                "float32 or float16 of rank 4, batch first", "Re-export the model with a float image input.");
        return new ImageInput(model.Source, input.Name, input.Type.Element, shape, channelsLast);
    }

    /// <summary>Refuses a dataset whose samples the input cannot take.</summary>
    /// <exception cref="AuditException">Invalid: channels or size differ.</exception>
    public void Accept(ImageDataset dataset)
    {
        var (c, h, w) = (dataset.Shape.Channels, dataset.Shape.Height, dataset.Shape.Width);
        long[] given = ChannelsLast ? [h, w, c] : [c, h, w];
        for (var d = 0; d < 3; d++)
            if (Shape[d + 1].Size is { } size && size != given[d])
                throw new AuditException(AuditCode.Invalid, $"{Source}, input '{Name}'", $"samples of {dataset.Shape} from {dataset.Spec}",
                    $"[{string.Join(',', Shape)}] in {(ChannelsLast ? "NHWC" : "NCHW")} order", "Choose data of that shape, or set resize, crop or layout in the preprocessing.");
    }
}
