using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Runtime;

namespace OnnxAudit.Saliency;

/// <summary>
/// The operator that the fused way puts into a gradient graph. Inputs: a gradient G, or what a convolution of ours makes G of; a second one to be added, H, the
/// output Y of the ReLU on the way and a layer's input X, each of which a node may leave out. Outputs: dY = (G + H)·[Y > 0], and with X the layer's saliency
/// per sample and filter, [N,K]. All is made sample by sample, so that each step finds what the one before made in the processor's cache, and X and dY are
/// freed as the pass goes on.
/// </summary>
internal sealed class MaskedSaliency(
    IReadOnlyList<FusedLayer> layers, IReadOnlyList<TurnedConvolution> convolutions, KernelSet kernels, FilterAggregate aggregation, int threads)
    : CustomOperator(OpName, [false, true, true, true], [true, true])
{
    /// <summary>The operator's name.</summary>
    internal const string OpName = "MaskedSaliency";

    /// <summary>The operator's domain.</summary>
    internal const string Domain = "onnxaudit";

    /// <summary>The attribute that names a node's layer by its place, −1 for none.</summary>
    internal const string Layer = "layer";

    /// <summary>The attribute that names the convolution that makes G by its place, −1 for none.</summary>
    internal const string Convolution = "convolution";

    /// <inheritdoc/>
    public override CustomKernel Create(CustomNode node) => new Kernel(this,
        node.Int(Layer) is >= 0 and var layer ? layers[(int)layer] : null,
        node.Int(Convolution) is >= 0 and var convolution ? convolutions[(int)convolution] : null);

    private sealed unsafe class Kernel(MaskedSaliency op, FusedLayer? layer, TurnedConvolution? convolution) : CustomKernel
    {
        private readonly long _filters = layer?.Shape.Filters ?? 0;

        public override void Run(CustomCall call)
        {
            var gradient = call.Input(0, out var given);
            if (gradient.IsEmpty) return;
            var from = given!;
            var dims = convolution is null ? from : [from[0], convolution.Weights.Filters, convolution.Outputs.Height, convolution.Outputs.Width];
            var samples = (int)dims[0];
            var length = (int)(Tensor.CountOf(dims) / samples);
            var other = call.Input(1, out _);
            var output = call.Input(2, out _);
            var x = call.Input(3, out _);
            if (convolution is null && !other.IsEmpty && output.IsEmpty) throw new InvalidOperationException($"{OpName}: a second gradient without a ReLU output to mask by");
            if ((!other.IsEmpty && other.Length != (long)samples * length) || (!output.IsEmpty && output.Length != (long)samples * length))
                throw new InvalidOperationException($"{OpName}: {samples} × {length} gradients, {other.Length} others, {output.Length} outputs");
            float* g = Pointer(gradient), h = Pointer(other), y = Pointer(output), inputs = Pointer(x);
            var taken = x.Length / samples;
            var makes = convolution is not null || y is not null;
            var dy = makes ? Pointer(call.Output(0, dims)) : g;
            var result = layer is null ? null : Pointer(call.Output(1, [samples, _filters]));
            // A device takes all samples at once; few samples share out their filters too.
            if (layer is null || op.OnDevice || samples < 4 * op.Threads)
            {
                if (makes) call.Parallel(Parts(), part => Make(part, Parts()));
                if (layer is not null) Reduce(0, samples, op.Threads);
                return;
            }

            call.Parallel(samples, n =>
            {
                if (makes) Make(n, samples);
                Reduce(n, 1, 1);
            });

            int Parts() => Math.Max(samples, 4 * op.Threads);

            // One part of `parts` equal ones of dY.
            void Make(int part, int parts)
            {
                if (convolution is null)
                {
                    var all = (long)samples * length;
                    var (first, last) = (all * part / parts, all * (part + 1) / parts);
                    Masked(g + first, h is null ? null : h + first, y + first, dy + first, (int)(last - first));
                    return;
                }

                var shape = convolution.Shape(samples, from[2], from[3]);
                var rows = shape.Rows(convolution.Weights.Edge);
                var size = samples * length;
                WinogradConv.Run(op.Kernels.WinogradConv, shape, convolution.Weights, new(g, (int)Tensor.CountOf(from)), new(h, h is null ? 0 : size), new(y, y is null ? 0 : size),
                    new(dy, size), rows * part / parts, rows * (part + 1) / parts);
            }

            void Reduce(int first, int count, int on) => op.Reduce(layer, count, new(inputs + (long)first * taken, count * taken),
                new(dy + (long)first * length, count * length), new(result + first * _filters, count * (int)_filters), on, call);
        }
    }

    private KernelSet Kernels => kernels;

    private bool OnDevice => kernels.FilterSaliency.OnDevice;

    private int Threads => threads;

    private void Reduce(FusedLayer layer, int samples, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> result, int on, CustomCall call) =>
        FilterSaliency.Run(kernels.FilterSaliency, layer.Shape with { Samples = samples }, x, dy, result, (int)layer.Shape.Filters, aggregation, layer.Scale, on, call.Parallel);

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
