using OnnxAudit.Gradients;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Saliency;

/// <summary>
/// Per-sample filter saliency of one model: for every sample and every filter, the mean |∂L/∂w| over the filter's weights, L the cross-entropy of that
/// sample alone. Inference mode. A batch is split so that layer inputs and output gradients stay within the byte budget. Source: arXiv 2108.01335, eq. (1).
/// </summary>
public sealed class SaliencySession : IDisposable
{
    private readonly OrtSession _session;
    private readonly SaliencyGraph _graph;
    private readonly FusedProfile? _fused;
    private readonly string _image;
    private readonly string[] _outputs;
    private readonly int? _fixedBatch;

    private SaliencySession(OrtSession session, SaliencyGraph graph, FusedProfile? fused, string image, string[] outputs, int? fixedBatch, int split, IReadOnlyList<FilterLayer> layers)
    {
        (_session, _graph, _fused, _image, _outputs, _fixedBatch) = (session, graph, fused, image, outputs, fixedBatch);
        (Layers, Split, Filters) = (layers, split, layers[^1].First + layers[^1].Filters);
    }

    /// <summary>The layers of a profile, in node order.</summary>
    public IReadOnlyList<FilterLayer> Layers { get; }

    /// <summary>Filters in a profile, K.</summary>
    public int Filters { get; }

    /// <summary>Samples of one pass.</summary>
    public int Split { get; }

    /// <summary>Builds gradient graph and session.</summary>
    /// <param name="model">The model; it is changed, so give a copy of your own (read the file again).</param>
    /// <param name="sample">Shape of one input sample, e.g. [3,32,32].</param>
    /// <param name="library">The loaded runtime.</param>
    /// <param name="settings">Threads, provider.</param>
    /// <param name="kernels">Kernel forms for the fused way.</param>
    /// <param name="options">Which filters, which label, which way.</param>
    /// <exception cref="AuditException">Invalid: no head, no filters, or operators that cannot be differentiated, all named.</exception>
    public static SaliencySession Open(
        Model model, ReadOnlySpan<long> sample, OrtLibrary library, SessionSettings settings, KernelSet kernels, SaliencyOptions options)
    {
        var image = ImageValue.Of(model, sample);
        var graph = SaliencyGraph.Build(model, options, library);
        var layers = LayersOf(graph);
        var fused = options.Way == SaliencyWay.Fused ? FusedProfile.Put(graph, layers, kernels, options.Aggregation, settings.Threads) : null;
        string[] outputs = [graph.Logits];
        if (fused is not null) outputs = [.. outputs, .. fused.Outputs];
        else
        {
            var profile = PortableSaliency.Emit(graph, options.Aggregation);
            model.Graph.AddOutput(profile);
            outputs = [.. outputs, profile.Name];
        }

        GraphTrim.Trim(model.Graph);
        var bytes = FloatsPerSample(graph) * sizeof(float);
        var batch = image.Type!.Shape![0].Size is { } size ? (int?)size : null;
        var split = batch ?? (int)Math.Clamp(options.ByteBudget / Math.Max(1, bytes), 1, 1024);
        var session = OrtSession.FromMemory(library, OnnxWriter.ToBytes(model), model.Source, settings, operators: fused?.Operators);
        return new SaliencySession(session, graph, fused, image.Name, outputs, batch, split, layers);
    }

    /// <summary>
    /// Profiles of n samples. inputs: [n,C,H,W] as the model wants them; labels: [n], ignored when the predicted class is differentiated;
    /// profiles: [n,K]; logits: [n,C], or empty when they are not wanted.
    /// </summary>
    /// <exception cref="AuditException">Invalid: a label outside the model's classes.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Run(Memory<float> inputs, ReadOnlySpan<long> dims, ReadOnlySpan<int> labels, Span<float> profiles, Span<float> logits, CancellationToken cancellation = default)
    {
        var n = (int)dims[0];
        if (profiles.Length != (long)n * Filters) throw new ArgumentException($"room for {profiles.Length} values of [{n},{Filters}]", nameof(profiles));
        CheckLabels(labels);
        var sample = inputs.Length / Math.Max(1, n);
        for (var first = 0; first < n; first += Split)
        {
            var count = Math.Min(Split, n - first);
            var into = profiles.Slice(first * Filters, count * Filters);
            var scores = logits.IsEmpty ? logits : logits[(first * (logits.Length / n))..];
            Pass(inputs.Slice(first * sample, count * sample), dims, labels.Slice(first, count), into, scores, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private void Pass(Memory<float> inputs, ReadOnlySpan<long> dims, ReadOnlySpan<int> labels, Span<float> profiles, Span<float> logits, CancellationToken cancellation)
    {
        var count = labels.Length;
        var rows = _fixedBatch ?? count;
        using var image = BatchTensor.Of(inputs, [count, .. dims[1..]], rows);
        using var classes = OrtTensor.Allocate(ElementType.Int64, [rows]);
        var span = classes.Span<long>();
        for (var i = 0; i < rows; i++) span[i] = labels[i < count ? i : 0];
        (string, OrtTensor)[] fed = _graph.Labels is { } name ? [(_image, image), (name, classes)] : [(_image, image)];
        var results = _session.Run(fed, _outputs, cancellation);
        try
        {
            if (!logits.IsEmpty) results[0].Values<float>()[..(count * (int)(results[0].Count / rows))].CopyTo(logits);
            if (_fused is not null) _fused.Gather(results.AsSpan(1), count, profiles);
            else results[1].Values<float>()[..profiles.Length].CopyTo(profiles);
        }
        finally
        {
            foreach (var result in results) result.Dispose();
        }
    }

    private void CheckLabels(ReadOnlySpan<int> labels)
    {
        if (_graph.Labels is null || labels.IndexOfAnyExceptInRange(0, _graph.Classes - 1) is not (>= 0 and var worst)) return;
        throw new AuditException(AuditCode.Invalid, $"{_graph.Model.Source}, sample {worst} of a batch", $"label {labels[worst]}", $"0 to {_graph.Classes - 1}, the model's classes",
            "Choose data with the model's classes, in the model's order.");
    }

    private static List<FilterLayer> LayersOf(SaliencyGraph graph)
    {
        var layers = new List<FilterLayer>();
        var first = 0;
        foreach (var site in graph.Sites)
        {
            layers.Add(new FilterLayer(site.Weight, site.Node.Name, site.Kind, site.Filters, first, site.Weights));
            first += site.Filters;
        }

        return layers;
    }

    private static long FloatsPerSample(SaliencyGraph graph) => graph.Sites.Zip(graph.Gradients).Sum(p => PerSample(graph, p.First.Input) + PerSample(graph, p.Second));

    private static long PerSample(SaliencyGraph graph, Value value) => graph.Emit.ShapeOf(value).Skip(1).Aggregate(1L, (a, d) => a * (d.Size ?? 1));
}
