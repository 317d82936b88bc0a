using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;

namespace OnnxAudit.Runtime;

/// <summary>An input of a probing run: its sizes with <see cref="ShapeProbe.Batch"/> for the batch, and its type with the batch's symbol.</summary>
internal sealed record ProbeInput(Value Value, long[] Shape, TensorType Type)
{
    /// <summary>Every input that a run must be given, by the shapes stated for it or the file's own.</summary>
    internal static IReadOnlyList<ProbeInput> Of(Model model, ShapeFacts facts, IReadOnlyDictionary<string, long[]> stated)
    {
        var inputs = model.Graph.Inputs.Where(i => i.Initializer is null).ToArray();
        foreach (var name in stated.Keys)
            if (inputs.All(i => i.Name != name))
                throw new AuditException(AuditCode.Usage, model.Source, $"a shape for input '{name}'", $"one of {string.Join(", ", inputs.Select(i => $"'{i.Name}'"))}", "Use the model's own names.");
        var symbol = inputs.Select(i => facts.TypeOf(i)?.Shape is [{ Size: null } free, ..] ? free.Symbol : null).FirstOrDefault(s => s is not null) ?? "batch";
        return [.. inputs.Select(i => Of(model, i, facts.TypeOf(i), stated.GetValueOrDefault(i.Name), symbol))];
    }

    /// <summary>A tensor of small numbers, which may stand for indices as well; floats differ, so that nothing is constant by accident.</summary>
    internal OrtTensor Made(long batch)
    {
        var tensor = OrtTensor.Allocate(Type.Element, [.. Shape.Select(d => d == ShapeProbe.Batch ? batch : d)]);
        if (Type.Element == ElementType.Float)
        {
            var values = tensor.Span<float>();
            for (var i = 0; i < values.Length; i++) values[i] = (i % 17 - 8) / 8f;
        }

        return tensor;
    }

    private static ProbeInput Of(Model model, Value input, TensorType? type, long[]? stated, string symbol)
    {
        var where = $"{model.Source}, input '{input.Name}'";
        if (type is null || type.Element is ElementType.Undefined or ElementType.String)
            throw new AuditException(AuditCode.Invalid, where, "no element type of numbers", "one, to make an input for a probing run", "Export the model with typed inputs.");
        var told = type.Shape;
        if (stated is not null && told is not null && (told.Count != stated.Length || told.Zip(stated).Any(d => d.First.Size is { } size && size != d.Second)))
            throw new AuditException(AuditCode.Usage, where, $"given shape {Text(stated)}", $"one that fits {type}", "Give the sizes the model states.");
        if (stated is null && told is not null && told.Skip(1).All(d => d.Size is not null)) stated = [.. told.Select(d => d.Size ?? ShapeProbe.Batch)];
        if (stated is null)
            throw new AuditException(AuditCode.Invalid, where, $"{(told is null ? "no shape" : type.ToString())}", "every size but the batch", "Give an input shape, with -1 for the batch.");
        if (stated.Any(d => d is < 1 and not ShapeProbe.Batch))
            throw new AuditException(AuditCode.Usage, where, $"given shape {Text(stated)}", "sizes of at least 1, and -1 for the batch", "Give the sizes of a real input.");
        return new ProbeInput(input, stated, new TensorType(type.Element, [.. stated.Select((d, i) => d != ShapeProbe.Batch ? d : told?[i] ?? new Dim(null, symbol))]));
    }

    private static string Text(long[] shape) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"[{string.Join(',', shape)}]");
}
