using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression.Structured;

/// <summary>Takes channels out of a graph: smaller constants, smaller sizes; or zeros their slices, which gives the same function.</summary>
internal static class Shrinking
{
    /// <summary>
    /// Removes channels. 1. Constants get the slices that stay; a constant that several nodes read is copied only where they differ. 2. Edits. 3. Stated
    /// shapes. 4. What nothing reads any more goes; a changed constant takes over the name of the one it replaces.
    /// </summary>
    public static void Apply(Model model, ChannelWalk walk, Removal removal)
    {
        var graph = model.Graph;
        var renamed = Replace(graph, Changed(walk.Slices, removal, (tensor, slice) => TensorSlices.Take(tensor, slice.Axis, removal.Places(slice.Ids, gone: false))), "kept");
        foreach (var edit in walk.Edits) edit.Apply(graph, removal);
        foreach (var (value, map) in walk.Maps)
            if (value.Type is { Shape: { } shape } type && shape.Count > map.Axis && shape[map.Axis].Size is not null)
                value.Type = type with { Shape = [.. shape.Select((d, i) => i == map.Axis ? removal.Kept(map.Ids) : d)] };
        Finish(graph, renamed);
    }

    /// <summary>
    /// Zeros what makes the channels and what reads them: filter, bias, scale, shift and mean of normalisations, every consumer's slice. The channels are then exactly 0
    /// up to the first operator that does not keep a zero, and what it makes of them arrives nowhere.
    /// </summary>
    public static void Zero(Model model, ChannelWalk walk, Removal removal) => Finish(model.Graph,
        Replace(model.Graph, Changed([.. walk.Slices.Where(s => s.Role != SliceRole.Goes)], removal, (tensor, slice) => TensorSlices.Zero(tensor, slice.Axis, removal.Places(slice.Ids, gone: true))), "zeroed"));

    // Per node input: the value it read, a text that tells equal changes of one constant apart from others, and the changed constant.
    private static List<(Node Node, int Input, string Change, Tensor Tensor)> Changed(IReadOnlyList<WeightSlice> slices, Removal removal, Func<Tensor, WeightSlice, Tensor> change)
    {
        var changed = new List<(Node, int, string, Tensor)>();
        foreach (var input in slices.GroupBy(s => (s.Node, s.Input)))
        {
            var hit = input.Where(s => removal.TakesAny(s.Ids)).ToArray();
            if (hit.Length == 0) continue;
            var tensor = hit.Aggregate(Constants.Resolve(input.Key.Node.Input(input.Key.Input))!, change);
            changed.Add((input.Key.Node, input.Key.Input, string.Join(';', hit.Select(s => $"{s.Axis}:{string.Join(',', removal.Places(s.Ids, gone: true))}")), tensor));
        }

        return changed;
    }

    private static List<(Value Old, Value New)> Replace(Graph graph, List<(Node Node, int Input, string Change, Tensor Tensor)> changes, string suffix)
    {
        var made = new Dictionary<(Value Old, string Change), Value>();
        foreach (var (node, input, change, tensor) in changes)
        {
            var read = node.Input(input)!;
            var old = Constants.Source(read) ?? read;
            if (!made.TryGetValue((old, change), out var value))
            {
                made[(old, change)] = value = graph.SetInitializer(graph.NewValue($"{old.Name}/{suffix}").Name, tensor);
                if (old.Type is not null) value.Type = new TensorType(tensor.Type, [.. tensor.Dims.ToArray().Select(d => (Dim)d)]);
                if (old.IsInput && old.Initializer is not null) graph.AddInput(value);
            }

            node.SetInput(input, value);
        }

        return [.. made.Select(m => (m.Key.Old, m.Value))];
    }

    private static void Finish(Graph graph, List<(Value Old, Value New)> renamed)
    {
        var names = renamed.ConvertAll(r => (r.Old.Name, r.New));
        foreach (var (old, _) in renamed)
            if (old is { IsInput: true, Initializer: not null, Uses.Count: 0 }) graph.RemoveInput(old);
        GraphTrim.Trim(graph);
        foreach (var (name, value) in names)
            if (graph.Find(name) is null) graph.Rename(value, name);
    }
}
