using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OnnxAudit.Runtime;

namespace OnnxAudit.Training;

/// <summary>(Y, dY) → dY where the ReLU's output Y is above 0, else 0.</summary>
internal sealed class ReluGradientOperator() : CustomOperator(OpName, [false, false], [false])
{
    internal const string OpName = "ReluGradient";

    // Elements of one piece of work.
    private const int Piece = 1 << 16;

    /// <inheritdoc/>
    public override CustomKernel Create(CustomNode node) => new Kernel();

    private sealed unsafe class Kernel : CustomKernel
    {
        public override void Run(CustomCall call)
        {
            var values = call.Input(0, out _);
            var dy = call.Input(1, out var dims);
            var (length, y, g, to) = (dy.Length, Pointer(values), Pointer(dy), Pointer(call.Output(0, dims!)));
            if (values.Length != length) throw new InvalidOperationException($"{OpName}: {values.Length} outputs, {length} gradients");
            call.Parallel((length + Piece - 1) / Piece, piece =>
            {
                var (i, end) = (piece * Piece, Math.Min(length, (piece + 1) * Piece));
                for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
                    Vector.Store(Vector.ConditionalSelect(Vector.GreaterThan(Vector.Load((float*)y + i), Vector<float>.Zero), Vector.Load((float*)g + i), Vector<float>.Zero), (float*)to + i);
                for (; i < end; i++) ((float*)to)[i] = ((float*)y)[i] > 0 ? ((float*)g)[i] : 0;
            });
        }

        private static nint Pointer(ReadOnlySpan<float> native) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(native));
    }
}
