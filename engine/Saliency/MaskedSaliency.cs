using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Runtime;

namespace OnnxAudit.Saliency;

/// <summary>
/// The operator that the fused way puts into a gradient graph. Inputs: a gradient G; a second one to be added, H, the output Y of the ReLU on the way and a
/// layer's input X, each of which a node may leave out. Outputs: dY = (G + H)·[Y > 0], and with X the layer's saliency per sample and filter, [N,K].
/// Both are made sample by sample, so that the kernel finds dY in the processor's cache, and X and dY are freed as the pass goes on.
/// </summary>
internal sealed class MaskedSaliency(IReadOnlyList<FusedLayer> layers, FilterSaliencyForm form, FilterAggregate aggregation, int threads)
    : CustomOperator(OpName, [false, true, true, true], [true, true])
{
    /// <summary>The operator's name.</summary>
    internal const string OpName = "MaskedSaliency";

    /// <summary>The operator's domain.</summary>
    internal const string Domain = "onnxaudit";

    /// <summary>The attribute that names a node's layer by its place, −1 for none.</summary>
    internal const string Layer = "layer";

    /// <inheritdoc/>
    public override CustomKernel Create(CustomNode node) => new Kernel(this, node.Int(Layer) is >= 0 and var layer ? layers[(int)layer] : null);

    private sealed unsafe class Kernel(MaskedSaliency op, FusedLayer? layer) : CustomKernel
    {
        private readonly long _filters = layer?.Shape.Filters ?? 0;

        public override void Run(CustomCall call)
        {
            var gradient = call.Input(0, out var dims);
            if (gradient.IsEmpty) return;
            var other = call.Input(1, out _);
            var output = call.Input(2, out _);
            var x = call.Input(3, out _);
            if (!other.IsEmpty && output.IsEmpty) throw new InvalidOperationException($"{OpName}: a second gradient without a ReLU output to mask by");
            if ((!other.IsEmpty && other.Length != gradient.Length) || (!output.IsEmpty && output.Length != gradient.Length))
                throw new InvalidOperationException($"{OpName}: {gradient.Length} gradients, {other.Length} others, {output.Length} outputs");
            var (samples, length) = ((int)dims![0], gradient.Length / (int)dims[0]);
            float* g = Pointer(gradient), h = Pointer(other), y = Pointer(output), inputs = Pointer(x);
            var taken = x.Length / samples;
            var dy = y is null ? g : Pointer(call.Output(0, dims));
            var result = layer is null ? null : Pointer(call.Output(1, [samples, _filters]));
            // A device takes all samples at once; few samples share out their filters too.
            if (layer is null || op.OnDevice || samples < 4 * op.Threads)
            {
                if (y is not null) call.Parallel(samples, Mask);
                if (layer is not null) Reduce(0, samples, op.Threads);
                return;
            }

            call.Parallel(samples, n =>
            {
                if (y is not null) Mask(n);
                Reduce(n, 1, 1);
            });

            void Mask(int n)
            {
                var at = (long)n * length;
                Masked(g + at, h is null ? null : h + at, y + at, dy + at, length);
            }

            void Reduce(int first, int count, int on) => op.Reduce(layer, count, new(inputs + (long)first * taken, count * taken),
                new(dy + (long)first * length, count * length), new(result + first * _filters, count * (int)_filters), on, call);
        }
    }

    private bool OnDevice => form.OnDevice;

    private int Threads => threads;

    private void Reduce(FusedLayer layer, int samples, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> result, int on, CustomCall call) =>
        FilterSaliency.Run(form, layer.Shape with { Samples = samples }, x, dy, result, (int)layer.Shape.Filters, aggregation, layer.Scale, on, call.Parallel);

    private static unsafe void Masked(float* g, float* h, float* y, float* dy, int length)
    {
        var i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var sum = h is null ? Vector.Load(g + i) : Vector.Load(g + i) + Vector.Load(h + i);
            Vector.Store(Vector.ConditionalSelect(Vector.GreaterThan(Vector.Load(y + i), Vector<float>.Zero), sum, Vector<float>.Zero), dy + i);
        }

        for (; i < length; i++) dy[i] = y[i] > 0 ? h is null ? g[i] : g[i] + h[i] : 0;
    }

    // What the runtime hands over stays where it is for the whole call.
    private static unsafe float* Pointer(ReadOnlySpan<float> native) => native.IsEmpty ? null : (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(native));
}
