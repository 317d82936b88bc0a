using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OnnxAudit.Runtime;

namespace OnnxAudit.Training;

/// <summary>
/// (X, dY, scale, mean, variance of the batch) → dX, dscale, dshift of a batch normalisation in training form, two passes over X and dY a channel. With
/// x̂ = (x − mean)/√(var + ε) over the n elements of a channel: dshift = Σ dy, dscale = Σ dy·x̂, dx = scale/√(var + ε)·(dy − dshift/n − x̂·dscale/n).
/// </summary>
internal sealed class NormGradientOperator(IReadOnlyList<float> epsilons) : CustomOperator(OpName, [false, false, false, false, false], [false, false, false])
{
    internal const string OpName = "NormGradient";

    /// <inheritdoc/>
    public override CustomKernel Create(CustomNode node) => new Kernel(epsilons[(int)node.Int(TrainingOperators.Layer)]);

    private sealed unsafe class Kernel(float epsilon) : CustomKernel
    {
        public override void Run(CustomCall call)
        {
            float* x = Pointer(call.Input(0, out var dims)), dy = Pointer(call.Input(1, out _));
            float* scale = Pointer(call.Input(2, out _)), mean = Pointer(call.Input(3, out _)), variance = Pointer(call.Input(4, out _));
            var (samples, channels) = ((int)dims![0], (int)dims[1]);
            var plane = (int)Graphs.Tensor.CountOf(dims.AsSpan(2));
            var dx = Pointer(call.Output(0, dims));
            float* dScale = Pointer(call.Output(1, [channels])), dShift = Pointer(call.Output(2, [channels]));
            call.Parallel(channels, c =>
            {
                var inverse = 1 / Math.Sqrt((double)variance[c] + epsilon);
                double shift = 0, product = 0;
                for (var n = 0; n < samples; n++)
                {
                    var at = ((long)n * channels + c) * plane;
                    Sums(x + at, dy + at, plane, mean[c], ref shift, ref product);
                }

                var count = (double)samples * plane;
                (dScale[c], dShift[c]) = ((float)(product * inverse), (float)shift);
                var gain = scale[c] * inverse;
                var (ofDy, ofX) = ((float)gain, (float)(-gain * product * inverse * inverse / count));
                var rest = (float)(-gain * shift / count);
                for (var n = 0; n < samples; n++)
                {
                    var at = ((long)n * channels + c) * plane;
                    Write(x + at, dy + at, dx + at, plane, mean[c], ofDy, ofX, rest);
                }
            });
        }

        // Float32 sums over one plane of one sample, float64 beyond.
        private static void Sums(float* x, float* dy, int plane, float mean, ref double shift, ref double product)
        {
            Vector<float> m = new(mean), s = default, p = default;
            var i = 0;
            for (; i <= plane - Vector<float>.Count; i += Vector<float>.Count)
            {
                var g = Vector.Load(dy + i);
                s += g;
                p += g * (Vector.Load(x + i) - m);
            }

            var (sum, dot) = (Vector.Sum(s), Vector.Sum(p));
            for (; i < plane; i++) (sum, dot) = (sum + dy[i], dot + dy[i] * (x[i] - mean));
            (shift, product) = (shift + sum, product + dot);
        }

        private static void Write(float* x, float* dy, float* dx, int plane, float mean, float ofDy, float ofX, float rest)
        {
            Vector<float> m = new(mean), a = new(ofDy), b = new(ofX), r = new(rest);
            var i = 0;
            for (; i <= plane - Vector<float>.Count; i += Vector<float>.Count) Vector.Store(a * Vector.Load(dy + i) + b * (Vector.Load(x + i) - m) + r, dx + i);
            for (; i < plane; i++) dx[i] = ofDy * dy[i] + ofX * (x[i] - mean) + rest;
        }

        private static float* Pointer(ReadOnlySpan<float> native) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(native));
    }
}
