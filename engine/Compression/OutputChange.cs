using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression;

/// <summary>A changed model run beside its parent on made-up inputs, before it is written: proof that ONNX Runtime takes it.</summary>
internal static class OutputChange
{
    private const long SmallBytes = 1024;
    private const long Rows = 2;

    /// <summary>
    /// ‖y' − y‖ / ‖y‖ over the float32 outputs both have; null where the file does not tell the sizes of an input, or where y is 0 throughout: then the child is loaded only.
    /// </summary>
    /// <exception cref="AuditException">Invalid: the child does not load or run, or gives a number that is not finite where the parent's are.</exception>
    public static double? Of(Model child, string parentPath, OrtLibrary runtime)
    {
        using var after = Session(child, runtime);
        var inputs = child.Graph.Inputs.Where(i => i.Initializer is null).ToArray();
        if (inputs.Any(i => i.Type?.Shape is not { } shape || shape.Skip(1).Any(d => d.Size is null))) return null;
        var parent = OnnxReader.Read(parentPath);
        using var before = Session(parent, runtime);
        var fed = ProbeInput.Of(child, ShapeFacts.Of(child.Graph), new Dictionary<string, long[]>()).Select(i => (i.Value.Name, i.Made(Rows))).ToArray();
        string[] outputs = [.. child.Graph.Outputs.Select(o => o.Name).Where(n => parent.Graph.Outputs.Any(o => o.Name == n))];
        OrtTensor[] given = [], wanted = [];
        try
        {
            (given, wanted) = (after.Run(fed, outputs), before.Run(fed, outputs));
            double error = 0, size = 0;
            for (var o = 0; o < outputs.Length; o++)
            {
                if (given[o].Type != ElementType.Float || wanted[o].Type != ElementType.Float) continue;
                var y = given[o].Values<float>();
                var reference = wanted[o].Values<float>();
                for (var i = 0; i < reference.Length; i++)
                {
                    if (!float.IsFinite(y[i]) && float.IsFinite(reference[i]))
                        throw new AuditException(AuditCode.Invalid, $"{child.Source}, output '{outputs[o]}'", "a number that is not finite on a made-up input", "finite numbers, as the parent gives",
                            "Exclude the layers whose values overflow.");
                    var difference = (double)y[i] - reference[i];
                    (error, size) = (error + difference * difference, size + (double)reference[i] * reference[i]);
                }
            }

            return size > 0 ? Math.Sqrt(error / size) : null;
        }
        finally
        {
            foreach (var tensor in given.Concat(wanted).Concat(fed.Select(f => f.Item2))) tensor.Dispose();
        }
    }

    // Large weights go to the session beside the bytes, which protobuf limits to 2 GiB.
    private static OrtSession Session(Model model, OrtLibrary runtime)
    {
        var outside = model.Graph.Initializers.Where(v => v.Initializer!.Data.Length >= SmallBytes).ToDictionary(v => v.Name, v => v.Initializer!, StringComparer.Ordinal);
        var bytes = OnnxWriter.ToBytes(model, new OnnxWriteOptions { Externalised = outside.Keys.ToHashSet(StringComparer.Ordinal) });
        return OrtSession.FromMemory(runtime, bytes, model.Source, new SessionSettings(), [.. outside]);
    }
}
