using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OnnxAudit.Runtime;

namespace OnnxAudit.Training;

/// <summary>
/// (X, dY) → dW of one of the given convolutions by <see cref="KernelGradient"/>: the batch is divided evenly among the session's threads, whose sums are added up
/// in their order, so that a number of threads always gives the same bits.
/// </summary>
internal sealed class KernelGradientOperator(IReadOnlyList<KernelShape> layers, int threads) : CustomOperator(OpName, [false, false], [false])
{
    internal const string OpName = "KernelGradient";

    /// <inheritdoc/>
    public override CustomKernel Create(CustomNode node) => new Kernel(layers[(int)node.Int(TrainingOperators.Layer)], Math.Max(1, threads));

    private sealed unsafe class Kernel(KernelShape shape, int threads) : CustomKernel
    {
        public override void Run(CustomCall call)
        {
            var (inputs, gradients) = (Pointer(call.Input(0, out var x)), Pointer(call.Input(1, out var dy)));
            if (x is null || dy is not { Length: 4 } || dy[1] != shape.Filters || x[1] != shape.Channels || x[2] != shape.Height || x[3] != shape.Width || x[0] != dy[0])
                throw new InvalidOperationException($"{OpName}: {shape}, but X [{string.Join(',', x ?? [])}], dY [{string.Join(',', dy ?? [])}]");
            var dw = call.Output(0, [shape.Filters, shape.Channels, shape.KernelHeight, shape.KernelWidth]);
            var kernel = new KernelGradient(shape, (int)dy[2], (int)dy[3]);
            var samples = (int)x[0];
            var parts = Math.Clamp(samples, 1, threads);
            var sums = ArrayPool<float>.Shared.Rent(parts * kernel.SumLength);
            sums.AsSpan(0, parts * kernel.SumLength).Clear();
            var (perX, perY) = (x[1] * x[2] * x[3], dy[1] * dy[2] * dy[3]);
            call.Parallel(parts, part =>
            {
                var (first, end) = ((int)((long)samples * part / parts), (int)((long)samples * (part + 1) / parts));
                var work = ArrayPool<float>.Shared.Rent(kernel.WorkLength);
                fixed (float* s = sums, w = work) kernel.Add((float*)inputs + first * perX, (float*)gradients + first * perY, end - first, s + (long)part * kernel.SumLength, w);
                ArrayPool<float>.Shared.Return(work);
            });
            kernel.Finish(sums, parts, dw);
            ArrayPool<float>.Shared.Return(sums);
        }

        // What the runtime hands over stays where it is for the whole call.
        private static nint Pointer(ReadOnlySpan<float> native) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(native));
    }
}
