using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Runtime;

/// <summary>Finds shapes by running a model, where neither the file nor propagation tells them.</summary>
public static class ShapeProbe
{
    /// <summary>What stands for the batch in a given input shape.</summary>
    public const long Batch = -1;

    private const long SmallBytes = 1024;

    private static readonly long[] Batches = [2, 3];

    /// <summary>
    /// Runs the model at batch 2 and 3 and adds to <paramref name="facts"/> what its values turned out to be. A size equal in both runs is fixed, one that grows as the
    /// batch does is the batch's symbol or a multiple of it, any other is a new symbol. The graph is as before afterwards. Sizes that depend on the data are those of
    /// the made-up inputs; a model without a free batch runs once.
    /// </summary>
    /// <param name="facts">What is known of the graph; only values of which something is missing are asked for.</param>
    /// <param name="model">The model, in any opset that the runtime takes.</param>
    /// <param name="library">ONNX Runtime.</param>
    /// <param name="inputShapes">Sizes by input, <see cref="Batch"/> for the batch; inputs not named keep the file's, where at most the first may be free.</param>
    /// <exception cref="AuditException">Usage: a shape for no input, or one at odds with the file. Invalid: an input of unknown shape or type, or a run that fails.</exception>
    public static void Fill(ShapeFacts facts, Model model, OrtLibrary library, IReadOnlyDictionary<string, long[]>? inputShapes = null)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(model);
        var inputs = ProbeInput.Of(model, facts, inputShapes ?? new Dictionary<string, long[]>());
        foreach (var input in inputs) facts.Set(input.Value, input.Type);
        facts.Propagate(model.Graph);
        Value[] missing = [.. model.Graph.Nodes.SelectMany(n => n.Outputs).OfType<Value>().Where(v => !facts.IsComplete(v))];
        if (missing.Length == 0) return;
        long[] batches = inputs.Any(i => i.Shape.Contains(Batch)) ? Batches : [1];
        var runs = Runs(model, library, inputs, missing, batches);
        var symbol = inputs.SelectMany(i => i.Type.Shape!).FirstOrDefault(d => d.Size is null);
        for (var i = 0; i < missing.Length; i++)
            if (runs[0][i] is { } first && runs[^1][i] is { } last) facts.Set(missing[i], Merged(facts, first, last, symbol));
        facts.Propagate(model.Graph);
    }

    private static TensorType Merged(ShapeFacts facts, (ElementType Type, long[] Dims) first, (ElementType Type, long[] Dims) last, Dim batch)
    {
        if (first.Dims.Length != last.Dims.Length) return new TensorType(first.Type, null);
        return new TensorType(first.Type, [.. first.Dims.Zip(last.Dims, (a, b) =>
            a == b ? a : a % Batches[0] == 0 && a / Batches[0] * Batches[1] == b ? facts.Multiple(batch, a / Batches[0]) : facts.NewSymbol())]);
    }

    /// <summary>Types and sizes of the values in each run; null for one that is no tensor.</summary>
    private static (ElementType Type, long[] Dims)?[][] Runs(Model model, OrtLibrary library, IReadOnlyList<ProbeInput> inputs, Value[] values, long[] batches)
    {
        var added = values.Where(v => !v.IsOutput).ToArray();
        foreach (var value in added) model.Graph.AddOutput(value);
        try
        {
            var outside = model.Graph.Initializers.Where(v => v.Initializer!.Data.Length >= SmallBytes).ToDictionary(v => v.Name, v => v.Initializer!, StringComparer.Ordinal);
            var bytes = OnnxWriter.ToBytes(model, new OnnxWriteOptions { Externalised = outside.Keys.ToHashSet(StringComparer.Ordinal) });
            using var session = OrtSession.FromMemory(library, bytes, model.Source, new SessionSettings { Level = OptimisationLevel.None }, [.. outside]);
            var tensors = session.Outputs.Where(o => o.Type != ElementType.Undefined).Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
            string[] asked = [.. values.Select(v => v.Name).Where(tensors.Contains)];
            return [.. batches.Select(batch => Run(session, inputs, asked, batch)).Select(made => values.Select(v => made.TryGetValue(v.Name, out var m) ? m : ((ElementType, long[])?)null).ToArray())];
        }
        finally
        {
            foreach (var value in added) model.Graph.RemoveOutput(value);
        }
    }

    private static Dictionary<string, (ElementType, long[])> Run(OrtSession session, IReadOnlyList<ProbeInput> inputs, string[] outputs, long batch)
    {
        var given = inputs.Select(i => (i.Value.Name, i.Made(batch))).ToArray();
        OrtTensor[] results = [];
        try
        {
            results = session.Run(given, outputs);
            return outputs.Zip(results).ToDictionary(r => r.First, r => (r.Second.Type, r.Second.Dims.ToArray()), StringComparer.Ordinal);
        }
        catch (AuditException error) when (error.Code == AuditCode.Invalid)
        {
            var shapes = string.Join(", ", given.Select(g => $"'{g.Name}' {g.Item2}"));
            throw new AuditException(AuditCode.Invalid, error.Where, error.Found, $"a run with inputs {shapes} to find shapes", "Give input shapes that the model takes, with -1 for the batch where it is free.", error);
        }
        finally
        {
            foreach (var tensor in results.Concat(given.Select(g => g.Item2))) tensor.Dispose();
        }
    }
}
